import { recordOutside } from '../../audit/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { identityEvents } from '../identity.events.ts'
import { requireFactor } from '../mfa/require-factor.ts'
import { beginLogin } from '../oidc/begin-login.ts'
import { NO_DEMAND } from '../oidc/demand.ts'
import { findProvider } from '../oidc/handle-login.ts'
import { clearCookie } from '../sessions/cookie.ts'
import { askerOf, giveSession, type SignedInContext, sessionOf } from './asker.ts'
import { identitiesOf } from './identities.repository.ts'
import type { LinkingDeps } from './linking-deps.ts'
import { requireRecent } from './linking-deps.ts'
import { unlink } from './unlink.ts'

/** Lists the caller's accounts; `is_current` marks the one that this session began with. */
export async function listIdentities({ identity }: LinkingDeps, context: SignedInContext) {
  const own = await identitiesOf(identity.platform, context.principal.person)
  const session = await sessionOf(identity, context)
  const identities = own.map((one) => ({ ...one, is_current: one.id === session.identity }))
  return { identities, total: identities.length }
}

type StartContext = SignedInContext & {
  readonly body: { readonly provider: string; readonly return_to?: string | undefined }
}

/** Sends the browser to prove one more account. */
export async function startLink({ identity, providers }: LinkingDeps, context: StartContext) {
  const session = await sessionOf(identity, context)
  requireRecent(identity, session)
  // A provider may vouch for two factors: another account is as good as one more of them (MF-19).
  await requireFactor(identity.platform, context.principal)
  const url = await beginLogin(identity, context, {
    provider: findProvider(providers, context.body.provider),
    demand: NO_DEMAND,
    asked: { ...session, purpose: 'link' },
    returnTo: context.body.return_to,
  })
  return { authorization_url: url }
}

type RemoveContext = SignedInContext & { readonly params: { readonly id: string } }

/** Removes an account; the session that stays gets a new id. */
export async function removeIdentity(deps: LinkingDeps, context: RemoveContext) {
  const { identity } = deps
  const { actor, reply, params } = context
  const outcome = await unlink(deps, { ...askerOf(identity, context), identity: params.id, actor })
  if (outcome.code === 'unknown_identity') throw identityProblems.unknownIdentity()
  if (outcome.code === 'last_identity') {
    const refused = { outcome: 'denied', reason: 'last_identity' } as const
    const target = { type: 'identity', id: params.id }
    await recordOutside(identity.platform, actor, identityEvents.unlinked({ ...refused, target }))
    throw identityProblems.lastIdentity()
  }
  const { session } = outcome
  if (session !== undefined) {
    return { message: 'Unlinked', csrf_token: giveSession(identity, context, session) }
  }
  reply.header('set-cookie', clearCookie(identity.cookie, identity.cookieName))
  return { message: 'Unlinked; signed out', csrf_token: null }
}
