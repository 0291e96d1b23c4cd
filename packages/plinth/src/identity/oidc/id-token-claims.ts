import { createHash } from 'node:crypto'
import { sameText } from '../../kernel/index.ts'

/** What the claims of an ID token are held against. */
export interface ExpectedClaims {
  readonly issuer: string
  readonly clientId: string
  /** The nonce of this pending login; undefined for a refreshed token, which may have none. */
  readonly nonce: string | undefined
  readonly accessToken: string | undefined
  readonly code: string | undefined
  readonly nowSeconds: number
  /** The algorithm of the signature; its hash is that of at_hash and c_hash. */
  readonly algorithm: IdTokenAlgorithm
}

/** The signatures that an ID token may bear: asymmetric only, so that no secret of ours is a key. */
export const ID_TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
] as const

/** One of {@link ID_TOKEN_ALGORITHMS}. */
export type IdTokenAlgorithm = (typeof ID_TOKEN_ALGORITHMS)[number]

/** Why the claims of an ID token were refused. */
export type ClaimFault =
  | 'iss'
  | 'sub'
  | 'aud'
  | 'azp'
  | 'exp'
  | 'iat'
  | 'nbf'
  | 'nonce'
  | 'auth_time'
  | 'at_hash'
  | 'c_hash'

type Claims = Readonly<Record<string, unknown>>

/** Seconds that our clock and the provider's may differ. */
const LEEWAY_SECONDS = 30
/** An ID token is read right after it was made; an older one was kept somewhere. */
const OLDEST_SECONDS = 600
/** Longest life of an ID token that makes sense. */
const LONGEST_LIFE_SECONDS = 86_400

/** Holds claims against OpenID Connect Core 3.1.3.7 and 3.1.3.8; the first fault, or undefined. */
export function claimFault(claims: Claims, expected: ExpectedClaims): ClaimFault | undefined {
  // Exact, without normalisation: a trailing slash makes another issuer.
  if (claims['iss'] !== expected.issuer) return 'iss'
  if (!isSubject(claims['sub'])) return 'sub'
  if (!isAudience(claims['aud'], expected.clientId)) return 'aud'
  if (claims['azp'] !== undefined && claims['azp'] !== expected.clientId) return 'azp'
  return timeFault(claims, expected.nowSeconds) ?? bindingFault(claims, expected)
}

/** 1 to 255 characters, not blank, no controls (Core 2). Compared byte by byte ever after. */
export function isSubject(sub: unknown): sub is string {
  return typeof sub === 'string' && sub.length <= 255 && sub.trim() !== '' && !/\p{C}/u.test(sub)
}

/** Us and nobody else: an audience that we do not know could replay the token to us. */
function isAudience(aud: unknown, clientId: string): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return audiences.length > 0 && audiences.every((one) => one === clientId)
}

function timeFault(claims: Claims, now: number): ClaimFault | undefined {
  const { exp, iat, nbf, auth_time: authTime } = claims
  if (!isTime(iat) || iat > now + LEEWAY_SECONDS || iat < now - OLDEST_SECONDS) return 'iat'
  if (!isTime(exp) || exp <= now - LEEWAY_SECONDS || exp - iat > LONGEST_LIFE_SECONDS) return 'exp'
  if (nbf !== undefined && (!isTime(nbf) || nbf > now + LEEWAY_SECONDS)) return 'nbf'
  const badAuthTime =
    authTime !== undefined && (!isTime(authTime) || authTime > now + LEEWAY_SECONDS)
  return badAuthTime ? 'auth_time' : undefined
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER
}

function bindingFault(claims: Claims, expected: ExpectedClaims): ClaimFault | undefined {
  const { nonce, at_hash: atHash, c_hash: codeHash } = claims
  const nonceHolds = typeof nonce === 'string' && sameText(nonce, expected.nonce ?? nonce)
  if ((expected.nonce !== undefined || nonce !== undefined) && !nonceHolds) return 'nonce'
  if (!isHashOf(atHash, expected.accessToken, expected.algorithm)) return 'at_hash'
  return isHashOf(codeHash, expected.code, expected.algorithm) ? undefined : 'c_hash'
}

/** Left half of the hash of what it is bound to (Core 3.1.3.6); an absent hash binds nothing. */
function isHashOf(hash: unknown, of: string | undefined, algorithm: IdTokenAlgorithm): boolean {
  if (hash === undefined) return true
  if (typeof hash !== 'string' || of === undefined) return false
  const digest = createHash(`sha${algorithm.slice(2)}`)
    .update(of)
    .digest()
  return sameText(hash, digest.subarray(0, digest.length / 2).toString('base64url'))
}
