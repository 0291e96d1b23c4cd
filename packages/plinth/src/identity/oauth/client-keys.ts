import type { CryptoKey, JWK } from 'jose'

/** Signatures that a client may prove itself with. */
export const ASSERTION_ALGORITHMS = ['EdDSA', 'ES256', 'PS256', 'RS256'] as const

/** One of {@link ASSERTION_ALGORITHMS}. */
export type AssertionAlgorithm = (typeof ASSERTION_ALGORITHMS)[number]

const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const LEAST_RSA_BITS = 2_048

/** The algorithms that a key may sign with; one that names its own signs with that alone (RFC 8725 3.1). */
function algorithmsOf(jwk: JWK): readonly AssertionAlgorithm[] {
  const able: readonly AssertionAlgorithm[] =
    jwk.kty === 'RSA'
      ? ['PS256', 'RS256']
      : jwk.kty === 'EC' && jwk.crv === 'P-256'
        ? ['ES256']
        : jwk.kty === 'OKP' && jwk.crv === 'Ed25519'
          ? ['EdDSA']
          : []
  return jwk.alg === undefined ? able : able.filter((one) => one === jwk.alg)
}

/** Whether a client may be registered with keys: public, strong, each with a name of its own. */
export async function areFitKeys(jwks: readonly JWK[]): Promise<boolean> {
  const kids = new Set(jwks.map(({ kid }) => kid))
  if (jwks.length === 0 || kids.size !== jwks.length) return false
  for (const jwk of jwks) {
    if (typeof jwk.kid !== 'string' || jwk.kid === '') return false
    if (PRIVATE.some((member) => Object.hasOwn(jwk, member))) return false
    const [algorithm] = algorithmsOf(jwk)
    if (algorithm === undefined || !(await imports(jwk, algorithm))) return false
  }
  return true
}

async function imports(jwk: JWK, algorithm: AssertionAlgorithm): Promise<boolean> {
  try {
    const key = await keyOf(jwk, algorithm)
    const { modulusLength } = key.algorithm as { modulusLength?: number }
    return modulusLength === undefined || modulusLength >= LEAST_RSA_BITS
  } catch {
    return false
  }
}

/** The key of an id that may sign with an algorithm; undefined when a client has none. */
export async function clientKey(
  jwks: readonly JWK[],
  { kid, algorithm }: { readonly kid: string | undefined; readonly algorithm: AssertionAlgorithm },
): Promise<CryptoKey | undefined> {
  const jwk = jwks.find((one) => one.kid === kid)
  if (jwk === undefined || !algorithmsOf(jwk).includes(algorithm)) return undefined
  return keyOf(jwk, algorithm)
}

async function keyOf(jwk: JWK, algorithm: AssertionAlgorithm): Promise<CryptoKey> {
  const { importJWK } = await import('jose')
  const { use: _use, key_ops: _operations, ...plain } = jwk
  const key = await importJWK({ ...plain, alg: algorithm }, algorithm)
  if (key instanceof Uint8Array) throw new TypeError('a client never has a shared key')
  return key
}
