import type { CryptoKey } from 'jose'
import type { CompactToken } from './compact-token.ts'
import { readCompactToken } from './compact-token.ts'
import { decoyKey } from './decoy-key.ts'
import type { SignatureAlgorithm } from './signature-algorithms.ts'

/** What a header asks for, and the issuer that its claims name. */
export interface WantedKey<A extends string = SignatureAlgorithm> {
  readonly kid: string | undefined
  readonly algorithm: A
  readonly issuer?: string | undefined
}

/** Finds the keys of one issuer that fit a header. Never keys of another issuer. Throws when they cannot be had. */
export type KeyFinder<A extends string = SignatureAlgorithm> = (
  wanted: WantedKey<A>,
) => Promise<readonly CryptoKey[]>

/** What a token is held against before its claims are looked at. */
export interface SignedTokenRules<A extends string = SignatureAlgorithm> {
  /** Signatures that this issuer may use. */
  readonly algorithms: readonly A[]
  readonly findKeys: KeyFinder<A>
  /** The `typ` values of this kind of token, in lower case and without `application/`; none is accepted too. */
  readonly types: readonly string[]
  /** Most characters. */
  readonly longest: number
}

/** Why a token was refused before its claims were read; a stable code for log and audit. */
export type SignatureFault = 'format' | 'typ' | 'crit' | 'alg' | 'key' | 'signature'

/** A token whose signature holds, or the first thing wrong with it. */
export type SignedToken<A extends string = SignatureAlgorithm> =
  | ({ readonly ok: true; readonly algorithm: A } & CompactToken)
  | { readonly ok: false; readonly fault: SignatureFault }

/**
 * The one way from a text to signed claims, for every kind of token (RFC 8725, ASVS V9.1). Adds to
 * jose what it does not check: one canonical spelling, one reading of the JSON, size and type. Keys
 * come from the issuer's configured place only: whatever `jwk`, `jku`, `x5u` or `x5c` say is not read.
 * @throws whatever `findKeys` throws when the keys cannot be had
 */
export async function readSignedToken<A extends string = SignatureAlgorithm>(
  text: string,
  rules: SignedTokenRules<A>,
): Promise<SignedToken<A>> {
  const token = readCompactToken(text, rules.longest)
  if (token === undefined) return refused('format')
  const { typ, crit, alg, kid } = token.header
  if (typ !== undefined && !isType(typ, rules.types)) return refused('typ')
  if (crit !== undefined) return refused('crit')
  const algorithm = rules.algorithms.find((allowed) => allowed === alg)
  if (algorithm === undefined) return refused('alg')
  if (kid !== undefined && typeof kid !== 'string') return refused('key')
  const { iss } = token.claims
  const issuer = typeof iss === 'string' ? iss : undefined
  const keys = await rules.findKeys({ kid, algorithm, issuer })
  if (keys.length === 0) {
    await isSignedByOne(text, [await decoyKey(algorithm)], algorithm)
    return refused('key')
  }
  if (!(await isSignedByOne(text, keys, algorithm))) return refused('signature')
  return { ok: true, algorithm, ...token }
}

function refused(fault: SignatureFault): { readonly ok: false; readonly fault: SignatureFault } {
  return { ok: false, fault }
}

/** Media types have no case, and `application/` may be left out (RFC 7515 4.1.9). */
function isType(typ: unknown, types: readonly string[]): boolean {
  return typeof typ === 'string' && types.includes(typ.toLowerCase().replace(/^application\//, ''))
}

async function isSignedByOne(
  text: string,
  keys: readonly CryptoKey[],
  algorithm: string,
): Promise<boolean> {
  // Loaded by the first token: a service starts without it, and one behind somebody else's identity never needs it.
  const { compactVerify } = await import('jose')
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
