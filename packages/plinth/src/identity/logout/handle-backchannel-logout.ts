import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { LogoutFault } from '../identity.events.ts'
import { authEvents } from '../identity.events.ts'
import type { Provider } from '../oidc/provider.ts'
import { endByLogoutToken } from './end-by-logout-token.ts'
import type { LogoutRouteDeps } from './logout-route-deps.ts'
import { verifyLogoutToken } from './verify-logout-token.ts'

type LogoutContext = Context & {
  readonly params: { readonly provider: string }
  readonly body: { readonly logout_token?: string | undefined }
}

/**
 * Takes a logout token (OpenID Connect Back-Channel Logout 1.0, 2.5 to 2.8): 200 when the sessions
 * that it names are ended, known or not, else 400. Nothing is ever cached: every answer says so.
 */
export async function handleBackchannelLogout(
  deps: LogoutRouteDeps,
  context: LogoutContext,
): Promise<void> {
  const { identity, providers, refusals } = deps
  const provider = providers.find(context.params.provider)
  if (provider?.protocol !== 'openid') throw identityProblems.unknownProvider()
  const source = context.actor.clientAddress ?? 'unknown'
  const waitMs = refusals.waitMs(source)
  if (waitMs > 0) {
    throw identityProblems.tooManyLogouts({ retryAfterSeconds: Math.ceil(waitMs / 1_000) })
  }
  const refusal = await logOut(deps, context, provider)
  if (refusal === undefined) return void context.reply.send()
  refusals.count(source)
  const { reason, fault } = refusal
  const data = { provider: provider.name, ...(fault && { fault }) }
  const event = authEvents.backchannel_logout({ outcome: 'failed', reason, data })
  await recordOutside(identity.platform, context.actor, event)
  throw identityProblems.logoutRefused(fault ?? reason)
}

interface Refusal {
  readonly reason: LogoutFault
  readonly fault?: string
}

async function logOut(
  { identity }: LogoutRouteDeps,
  { body, actor }: LogoutContext,
  provider: Provider,
): Promise<Refusal | undefined> {
  if (!body.logout_token) return { reason: 'logout_token_missing' }
  const verified = await verifyLogoutToken(
    provider,
    body.logout_token,
    epochSeconds(identity.clock),
  )
  if (!verified.ok) {
    if (verified.fault === 'keys') return { reason: 'provider_unavailable' }
    return { reason: 'logout_token_invalid', fault: verified.fault }
  }
  const outcome = await endByLogoutToken(
    { platform: identity.platform, sessions: identity.mint },
    { provider: provider.name, claims: verified.claims, actor },
  )
  if (outcome.code === 'replayed') return { reason: 'logout_token_replayed' }
  if (outcome.code === 'other_subject') return { reason: 'logout_token_invalid', fault: 'subject' }
  return undefined
}
