import { epochSeconds } from '../../kernel/index.ts'
import { subjectOf } from '../people/people.repository.ts'
import type { RenewTokens } from '../sessions/rotate-session.ts'
import type { ExchangeDeps } from './exchange-code.ts'
import { verify } from './exchange-code.ts'
import type { Provider } from './provider.ts'
import type { Providers } from './providers.ts'
import { requestTokens } from './token-endpoint.ts'

/** What renewing tokens needs. */
export interface RenewDeps extends ExchangeDeps {
  readonly providers: Providers
  /** Whether `oidc.refresh_tokens` asks for it. */
  readonly enabled: boolean
}

/**
 * Uses the provider's refresh token when a session is rotated. It runs inside the claim of the
 * rotation, so that of many parallel calls one asks the provider, and what comes back commits with
 * the session that keeps it (RP-94, RP-99). A provider that is down costs nothing: the session goes
 * on with the tokens it has.
 */
export function createRenewTokens(deps: RenewDeps): RenewTokens {
  return async (tx, session, held) => {
    const provider = deps.providers.find(session.provider)
    if (!deps.enabled || held.refreshToken === undefined || provider === undefined) return held
    const grant = { grant_type: 'refresh_token', refresh_token: held.refreshToken } as const
    const answer = await requestTokens(deps.outbound, provider, grant)
    if (!answer.ok) return answer.code === 'refused' ? 'refused' : held
    const { accessToken, idToken, refreshToken, scopes } = answer.tokens
    const subject = await subjectOf(tx, session.identity)
    const isSame =
      idToken === undefined || (await isOf(deps, provider, { idToken, accessToken, subject }))
    if (!isSame) return 'refused'
    return {
      idToken: idToken ?? held.idToken,
      refreshToken: refreshToken ?? held.refreshToken,
      scopes: scopes ?? held.scopes,
    }
  }
}

interface Renewed {
  readonly idToken: string
  readonly accessToken: string
  readonly subject: string | undefined
}

/** Whether a refreshed ID token is good and speaks of the same person (Core 12.2). */
async function isOf(
  { clock }: RenewDeps,
  provider: Provider,
  { idToken, accessToken, subject }: Renewed,
): Promise<boolean> {
  const verified = await verify(provider, idToken, {
    nonce: undefined,
    accessToken,
    code: undefined,
    nowSeconds: epochSeconds(clock),
  })
  return verified !== 'keys' && verified.ok && verified.claims.sub === subject
}
