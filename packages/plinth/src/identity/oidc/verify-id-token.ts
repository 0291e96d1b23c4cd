import type { CryptoKey } from 'jose'
import { compactVerify } from 'jose'
import { readCompactToken } from './compact-token.ts'
import type { ClaimFault, ExpectedClaims, IdTokenAlgorithm } from './id-token-claims.ts'
import { claimFault } from './id-token-claims.ts'

/** Finds the keys of one issuer that fit a header. Never keys of another issuer. */
export type KeyFinder = (wanted: {
  readonly kid: string | undefined
  readonly algorithm: IdTokenAlgorithm
}) => Promise<readonly CryptoKey[]>

/** What an ID token is held against, and where its keys are. */
export interface IdTokenChecks extends Omit<ExpectedClaims, 'algorithm'> {
  /** Signatures that this provider may use. */
  readonly algorithms: readonly IdTokenAlgorithm[]
  readonly findKeys: KeyFinder
}

/** Why an ID token was refused; a stable code for log and audit. */
export type IdTokenFault = 'format' | 'typ' | 'crit' | 'alg' | 'key' | 'signature' | ClaimFault

/** The claims of a verified ID token, or why there are none. */
export type VerifiedIdToken =
  | { readonly ok: true; readonly claims: IdTokenClaims }
  | { readonly ok: false; readonly fault: IdTokenFault }

/** Claims of a verified ID token: the subject is checked, the rest is read claim by claim. */
export type IdTokenClaims = Readonly<Record<string, unknown>> & { readonly sub: string }

/**
 * The only way from a text to the claims of an ID token (OpenID Connect Core 3.1.3.7). Adds to
 * jose what it does not check: one canonical spelling and one reading of the JSON, size, type,
 * subject, issue time, lifetime, `azp`, nonce and hashes. The signature is always verified, also
 * for a token that came over TLS from the token endpoint (ASVS 6.8.2).
 */
export async function verifyIdToken(text: string, checks: IdTokenChecks): Promise<VerifiedIdToken> {
  const token = readCompactToken(text)
  if (token === undefined) return { ok: false, fault: 'format' }
  const { typ, crit, alg, kid } = token.header
  if (typ !== undefined && !(typeof typ === 'string' && /^jwt$/i.test(typ))) return refused('typ')
  if (crit !== undefined) return refused('crit')
  const algorithm = checks.algorithms.find((allowed) => allowed === alg)
  if (algorithm === undefined) return refused('alg')
  if (kid !== undefined && !isKeyId(kid)) return refused('key')
  const keys = await checks.findKeys({ kid, algorithm })
  if (keys.length === 0) return refused('key')
  if (!(await isSignedByOne(text, keys, algorithm))) return refused('signature')
  const fault = claimFault(token.claims, { ...checks, algorithm })
  const { sub } = token.claims
  if (fault !== undefined || typeof sub !== 'string') return refused(fault ?? 'sub')
  return { ok: true, claims: { ...token.claims, sub } }
}

function refused(fault: IdTokenFault): VerifiedIdToken {
  return { ok: false, fault }
}

function isKeyId(kid: unknown): kid is string {
  return typeof kid === 'string' && kid !== '' && kid.length <= 256
}

async function isSignedByOne(
  text: string,
  keys: readonly CryptoKey[],
  algorithm: IdTokenAlgorithm,
): Promise<boolean> {
  for (const key of keys) {
    try {
      await compactVerify(text, key, { algorithms: [algorithm] })
      return true
    } catch {
      // jose also throws plain TypeErrors for keys it will not use; to us each means "not by this one".
    }
  }
  return false
}
