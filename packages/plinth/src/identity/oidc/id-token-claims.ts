import { createHash } from 'node:crypto'
import { sameText } from '../../kernel/index.ts'
import { isSubject, isTime, timeFault } from '../tokens/common-claims.ts'
import type { SignatureAlgorithm } from '../tokens/signature-algorithms.ts'

/** What the claims of an ID token are held against. */
export interface ExpectedClaims {
  /** Whether this provider issues in the name that the token bears, compared without normalising. */
  readonly isIssuer: (issuer: string) => boolean
  readonly clientId: string
  /** The nonce of this pending login; undefined for a refreshed token, which may have none. */
  readonly nonce: string | undefined
  readonly accessToken: string | undefined
  readonly code: string | undefined
  /** The state of this login; a token with `s_hash` is refused where there is none. */
  readonly state?: string | undefined
  readonly nowSeconds: number
  /** The algorithm of the signature; its hash is that of at_hash, c_hash and s_hash. */
  readonly algorithm: SignatureAlgorithm
}

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
  | 's_hash'

type Claims = Readonly<Record<string, unknown>>

/** Seconds that our clock and the provider's may differ. */
const LEEWAY_SECONDS = 30
/** An ID token is read right after it was made; an older one was kept somewhere. */
const OLDEST_SECONDS = 600

/** Holds claims against OpenID Connect Core 3.1.3.7 and 3.1.3.8; the first fault, or undefined. */
export function claimFault(claims: Claims, expected: ExpectedClaims): ClaimFault | undefined {
  const { iss, sub, aud, azp } = claims
  // Exact, without normalisation: a trailing slash makes another issuer.
  if (typeof iss !== 'string' || !expected.isIssuer(iss)) return 'iss'
  if (!isSubject(sub)) return 'sub'
  if (!isAudience(aud, expected.clientId)) return 'aud'
  if (azp !== undefined && azp !== expected.clientId) return 'azp'
  return timesFault(claims, expected.nowSeconds) ?? bindingFault(claims, expected)
}

/** Us and nobody else: an audience that we do not know could replay the token to us. */
function isAudience(aud: unknown, clientId: string): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud]
  return audiences.length > 0 && audiences.every((one) => one === clientId)
}

function timesFault(claims: Claims, nowSeconds: number): ClaimFault | undefined {
  const rules = { nowSeconds, leewaySeconds: LEEWAY_SECONDS, oldestSeconds: OLDEST_SECONDS }
  const { auth_time: authTime } = claims
  const badAuthTime =
    authTime !== undefined && (!isTime(authTime) || authTime > nowSeconds + LEEWAY_SECONDS)
  return timeFault(claims, rules) ?? (badAuthTime ? 'auth_time' : undefined)
}

function bindingFault(claims: Claims, expected: ExpectedClaims): ClaimFault | undefined {
  const { nonce, at_hash: atHash, c_hash: codeHash, s_hash: stateHash } = claims
  const nonceHolds = typeof nonce === 'string' && sameText(nonce, expected.nonce ?? nonce)
  if ((expected.nonce !== undefined || nonce !== undefined) && !nonceHolds) return 'nonce'
  if (!isHashOf(atHash, expected.accessToken, expected.algorithm)) return 'at_hash'
  if (!isHashOf(codeHash, expected.code, expected.algorithm)) return 'c_hash'
  return isHashOf(stateHash, expected.state, expected.algorithm) ? undefined : 's_hash'
}

/** Left half of the hash of what it is bound to (Core 3.1.3.6); an absent hash binds nothing. */
function isHashOf(hash: unknown, of: string | undefined, algorithm: SignatureAlgorithm): boolean {
  if (hash === undefined) return true
  if (typeof hash !== 'string' || of === undefined) return false
  // Ed25519 hashes with SHA-512; the names of the others end in theirs.
  const digest = createHash(algorithm === 'EdDSA' ? 'sha512' : `sha${algorithm.slice(2)}`)
    .update(of)
    .digest()
  return sameText(hash, digest.subarray(0, digest.length / 2).toString('base64url'))
}
