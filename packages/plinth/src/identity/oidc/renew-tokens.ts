import { epochSeconds } from '../../kernel/index.ts'
import type { IdentityKey } from '../people/people.repository.ts'
import { keyOfIdentity } from '../people/people.repository.ts'
import type { RenewTokens } from '../sessions/rotate-session.ts'
import type { ExchangeDeps } from './exchange-code.ts'
import { verify } from './exchange-code.ts'
import type { Provider } from './provider.ts'
import { createProviderPauses } from './provider-pauses.ts'
import type { Providers } from './providers.ts'
import { requestTokens } from './token-endpoint.ts'

/** What renewing tokens needs. */
export interface RenewDeps extends ExchangeDeps {
  readonly providers: Providers
  /** Whether `oidc.refresh_tokens` asks for it. */
  readonly enabled: boolean
  /** Calls to providers that may be under way: each holds a database connection meanwhile. */
  readonly mostAtOnce: number
}

/** Below `lock_timeout`, so that parallel refreshes of the session outwait it. */
const TIMEOUT_MS = 4_000

/**
 * Uses the provider's refresh token when a session is rotated. It runs inside the claim of the
 * rotation, so that of many parallel calls one asks the provider, and what comes back commits with
 * the session that keeps it (RP-94, RP-99). A provider that is down costs nothing: the session goes
 * on with the tokens it has.
 */
export function createRenewTokens(deps: RenewDeps): RenewTokens {
  const pauses = createProviderPauses(deps.clock)
  let underWay = 0
  const ask = async (provider: Provider, refreshToken: string) => {
    underWay += 1
    try {
      const grant = { grant_type: 'refresh_token', refresh_token: refreshToken } as const
      return await requestTokens(deps.outbound, provider, { ...grant, timeoutMs: TIMEOUT_MS })
    } finally {
      underWay -= 1
    }
  }
  return async (tx, session, held) => {
    const provider = deps.providers.find(session.provider)
    if (!deps.enabled || held.refreshToken === undefined || provider === undefined) return held
    // A later refresh asks again; a provider that hangs must not take the connections of everybody.
    if (underWay >= deps.mostAtOnce || pauses.lasts(provider.name)) return held
    const answer = await ask(provider, held.refreshToken)
    if (!answer.ok && answer.code === 'unreachable') pauses.begin(provider.name)
    else pauses.over(provider.name)
    // Only this says that the token is dead (RFC 6749 5.2); a client that is misconfigured or throttled
    // must not sign everybody out.
    if (!answer.ok) return answer.fault === 'invalid_grant' ? 'refused' : held
    const { accessToken, idToken, refreshToken, scopes } = answer.tokens
    const { authenticatedAt } = session
    const key = session.identity === null ? undefined : await keyOfIdentity(tx, session.identity)
    const whose =
      idToken === undefined
        ? 'same'
        : await whoseIs(deps, provider, { idToken, accessToken, key, authenticatedAt })
    if (whose === 'other') return 'refused'
    const renewed = { refreshToken: refreshToken ?? held.refreshToken }
    // Used up is used up: the new refresh token is kept, also when its ID token cannot be judged now.
    if (whose === 'unknown') return { ...held, ...renewed }
    return { ...renewed, idToken: idToken ?? held.idToken, scopes: scopes ?? held.scopes }
  }
}

interface Renewed {
  readonly idToken: string
  readonly accessToken: string
  readonly key: IdentityKey | undefined
  readonly authenticatedAt: number
}

/** Whether a refreshed ID token is good and speaks of the same person and sign-in (Core 12.2). */
async function whoseIs(
  { clock }: RenewDeps,
  provider: Provider,
  { idToken, accessToken, key, authenticatedAt }: Renewed,
): Promise<'same' | 'other' | 'unknown'> {
  const verified = await verify(provider, idToken, {
    nonce: undefined,
    accessToken,
    code: undefined,
    nowSeconds: epochSeconds(clock),
  })
  if (verified === 'keys') return 'unknown'
  if (!verified.ok) return 'other'
  const { iss, sub, auth_time: authTime } = verified.claims
  const isEarlier = typeof authTime === 'number' && authTime * 1_000 < authenticatedAt - 1_000
  return iss === key?.issuer && sub === key.subject && !isEarlier ? 'same' : 'other'
}
