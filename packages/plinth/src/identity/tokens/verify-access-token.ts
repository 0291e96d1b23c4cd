import type { Clock } from '../../kernel/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { AccessClaimFault } from './access-token-claims.ts'
import { accessClaimFault } from './access-token-claims.ts'
import { isSubject, isTime } from './common-claims.ts'
import type { TokenIssuer, TokenIssuers } from './foreign/token-issuers.ts'
import type { JwtSettings } from './jwt.settings.ts'
import { claimAt, rolesIn, scopesIn } from './named-list.ts'
import type { SignatureAlgorithm } from './signature-algorithms.ts'
import type { SignatureFault, SignedToken, WantedKey } from './signed-token.ts'
import { readSignedToken } from './signed-token.ts'

/** What access tokens are verified with. */
export interface AccessTokenDeps {
  readonly providers: TokenIssuers
  readonly settings: JwtSettings
  readonly clock: Clock
  /** Told of tokens from the future: by how many seconds their issuer's clock is ahead of ours. */
  readonly onClockSkew?: ((provider: string, seconds: number) => void) | undefined
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
  /** All that it says. Own members only count: a name such as `constructor` is none (JW-41). */
  readonly claims: Readonly<Record<string, unknown>>
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
  const token = await readToken(deps, text)
  if (!token.ok) throw refused(token.fault)
  const { header, claims, algorithm } = token
  const isTyped = typeof header['typ'] === 'string' && /at\+jwt$/i.test(header['typ'])
  const judged = judgeClaims(deps, { claims, isTyped })
  if (typeof judged === 'string') throw refused(judged)
  if (!algorithmsOf(deps.settings, judged.issuer).includes(algorithm)) throw refused('alg')
  return judged.token
}

/** Claims that somebody vouches for: a signature, or the issuer's own answer. */
export interface VouchedClaims {
  readonly claims: Readonly<Record<string, unknown>>
  /** Whether they are known to be those of an access token. */
  readonly isTyped: boolean
}

/** Holds the claims of an access token against the rules of its issuer; the fault, or what they say. */
export function judgeClaims(
  { providers, settings: all, clock, onClockSkew }: AccessTokenDeps,
  { claims, isTyped }: VouchedClaims,
): AccessClaimFault | { readonly token: AccessToken; readonly issuer: TokenIssuer } {
  const { iss } = claims
  const issuing = typeof iss === 'string' ? providers.issuing(iss) : []
  const [issuer] = issuing
  if (issuer === undefined) return 'iss'
  const settings = settingsOf(all, issuer)
  const clientIds = issuing.map(({ clientId }) => clientId).filter((id) => id !== '')
  const nowSeconds = epochSeconds(clock)
  const subject = claimAt(claims, settings.claims.user_id)
  const { iat } = claims
  if (isTime(iat) && iat > nowSeconds) onClockSkew?.(issuer.name, iat - nowSeconds)
  const fault = accessClaimFault(claims, { settings, clientIds, isTyped, nowSeconds })
  if (fault !== undefined) return fault
  if (!isSubject(subject)) return 'sub'
  const token: AccessToken = {
    provider: issuer.name,
    issuer: String(iss),
    subject,
    scopes: scopesIn(claimAt(claims, settings.claims.scope) ?? claims['scp']),
    roles: [
      ...rolesIn(claimAt(claims, settings.claims.roles)),
      ...rolesIn(claimAt(claims, settings.claims.groups)),
    ],
    expiresAt: Number(claims['exp']) * 1_000,
    claims,
  }
  return { token, issuer }
}

/** What holds for the tokens of one issuer. */
function settingsOf(all: JwtSettings, { own }: TokenIssuer): JwtSettings {
  if (own === undefined) return all
  const { audiences = all.audiences, authorized_parties = all.authorized_parties } = own
  return { ...all, audiences, authorized_parties }
}

function algorithmsOf(all: JwtSettings, { own }: TokenIssuer): readonly SignatureAlgorithm[] {
  return own?.algorithms ?? all.allowed_algorithms
}

function algorithmsOfAny({ allowed_algorithms, issuers }: JwtSettings) {
  const own = Object.values(issuers).flatMap(({ algorithms = [] }) => algorithms)
  return [...new Set([...allowed_algorithms, ...own])]
}

async function readToken(
  { providers, settings }: AccessTokenDeps,
  text: string,
): Promise<SignedToken> {
  const rules = {
    algorithms: algorithmsOfAny(settings),
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
  const [provider] = wanted.issuer === undefined ? [] : providers.issuing(wanted.issuer)
  return provider === undefined ? [] : provider.keys.find(wanted)
}

/** All refusals look alike from outside (JW-60); which one it was is for the log. */
function refused(fault: AccessTokenFault) {
  return identityProblems.invalidToken({ reason: `access_token_${fault}` })
}
