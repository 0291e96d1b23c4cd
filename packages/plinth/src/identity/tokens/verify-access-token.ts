import type { Clock } from '../../kernel/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Provider } from '../oidc/provider.ts'
import type { Providers } from '../oidc/providers.ts'
import type { AccessClaimFault } from './access-token-claims.ts'
import { accessClaimFault } from './access-token-claims.ts'
import type { JwtSettings } from './jwt.settings.ts'
import { claimAt, rolesIn, scopesIn } from './named-list.ts'
import type { SignatureFault, SignedToken, WantedKey } from './signed-token.ts'
import { readSignedToken } from './signed-token.ts'

/** What access tokens are verified with. */
export interface AccessTokenDeps {
  readonly providers: Pick<Providers, 'issuing'>
  readonly settings: JwtSettings
  readonly clock: Clock
}

/** A verified access token: the claims that decide, copied one by one. */
export interface AccessToken {
  /** Name of the provider that issued it. */
  readonly provider: string
  readonly issuer: string
  readonly subject: string
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** When it ends, milliseconds since 1970. */
  readonly expiresAt: number
}

/** Why an access token was refused; a stable code for the log. */
export type AccessTokenFault = SignatureFault | AccessClaimFault

/** Most characters of an access token. */
const LONGEST = 8_192
/** `at+jwt` is the type of RFC 9068; issuers that do not know it say JWT or nothing. */
const TYPES = ['at+jwt', 'jwt']

/**
 * Verifies an access token that a provider gave to a client of this API (contract 8.1, RFC 9068,
 * ASVS V9). The issuer that the token names selects the keys, and must be configured.
 * @throws auth.invalid_token with the fault as its private reason, and auth.provider_unavailable
 *   when the issuer's keys are not known and cannot be fetched
 */
export async function verifyAccessToken(deps: AccessTokenDeps, text: string): Promise<AccessToken> {
  const { settings } = deps
  const token = await readToken(deps, text)
  if (!token.ok) throw refused(token.fault)
  const { header, claims } = token
  const { iss, sub, exp } = claims
  const issuing = typeof iss === 'string' ? deps.providers.issuing(iss) : []
  const fault = accessClaimFault(claims, {
    settings,
    clientIds: issuing.map(({ clientId }) => clientId),
    isTyped: typeof header['typ'] === 'string' && /at\+jwt$/i.test(header['typ']),
    nowSeconds: epochSeconds(deps.clock),
  })
  if (fault !== undefined) throw refused(fault)
  const [provider] = issuing
  if (!provider || typeof sub !== 'string') throw refused('sub')
  return {
    provider: provider.name,
    issuer: String(iss),
    subject: sub,
    scopes: scopesIn(claimAt(claims, settings.claims.scope) ?? claims['scp']),
    roles: rolesIn(claimAt(claims, settings.claims.roles)),
    expiresAt: Number(exp) * 1_000,
  }
}

async function readToken(
  { providers, settings }: AccessTokenDeps,
  text: string,
): Promise<SignedToken> {
  const rules = {
    algorithms: settings.allowed_algorithms,
    findKeys: (wanted: WantedKey) => keysOf(providers, wanted),
    types: TYPES,
    longest: LONGEST,
  }
  try {
    return await readSignedToken(text, rules)
  } catch (cause) {
    throw identityProblems.providerUnavailable({ cause, retryAfterSeconds: 10 })
  }
}

/** Never a pool of all keys: an issuer vouches for its own tokens only. An unknown one has none. */
async function keysOf(providers: AccessTokenDeps['providers'], wanted: WantedKey) {
  const [provider]: readonly Provider[] =
    wanted.issuer === undefined ? [] : providers.issuing(wanted.issuer)
  return provider === undefined ? [] : provider.keys.find(wanted)
}

/** All refusals look alike from outside (JW-60); which one it was is for the log. */
function refused(fault: AccessTokenFault) {
  return identityProblems.invalidToken({ reason: `access_token_${fault}` })
}
