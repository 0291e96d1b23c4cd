import type { CryptoKey, JWK } from 'jose'
import type { Clock } from '../../kernel/index.ts'
import type { SignatureAlgorithm } from '../tokens/signature-algorithms.ts'
import type { KeyFinder, WantedKey } from '../tokens/signed-token.ts'
import { isEd25519Key } from './ed25519-key.ts'
import { keyServes } from './issuer-rule.ts'
import { keep } from './kept-value.ts'

/** Where a provider's keys come from and how long they are kept. */
export interface ProviderKeysDeps {
  readonly clock: Clock
  /** Fetches the key set: the `keys` of a JWKS document. Throws when it cannot. */
  readonly fetchKeys: () => Promise<readonly unknown[]>
  /** Seconds a fetched set is used before it is fetched again. */
  readonly ttlSeconds: number
  /** Told of each fetched set in which a private key stands. */
  readonly onPrivateKey?: () => void
}

/** The keys of one issuer. */
export interface ProviderKeys {
  readonly find: KeyFinder
  /** Fetches the set unless a fresh one is held; throws when there is none at all. */
  warm(): Promise<void>
}

/** Time between two fetches for key ids that nobody knows. */
const RENEW_MS = 30_000
/** Time after a fetch that failed. */
const RETRY_MS = 5_000
/** A set that cannot be renewed is used this much longer. */
const STALE_MS = 3_600_000
const MOST_KEYS = 100
const MOST_TRIED = 5

/**
 * Keeps the key set of one issuer. A key id that is not in it fetches it anew, so that a provider
 * may rotate its keys between our fetch and its signing (JW-50 to JW-56). A key that was removed
 * serves for `ttlSeconds` at most, and an hour more while the provider cannot be reached.
 */
export function createProviderKeys(deps: ProviderKeysDeps): ProviderKeys {
  const { clock, ttlSeconds } = deps
  const kept = keep({
    clock,
    fetch: async () => usableKeys(await deps.fetchKeys(), deps),
    freshMs: ttlSeconds * 1_000,
    staleMs: STALE_MS,
    retryMs: RETRY_MS,
    renewMs: RENEW_MS,
  })
  const lookUp = async (wanted: WantedKey) => matching(await kept.get(), wanted)
  return {
    async find(wanted) {
      const asked = clock.monotonic()
      const found = await lookUp(wanted)
      if (found.length > 0) return importAll(found, wanted.algorithm)
      await kept.renew(asked)
      return importAll(await lookUp(wanted), wanted.algorithm)
    },
    async warm() {
      await kept.get()
    },
  }
}

/** The entries worth keeping. None at all counts as a failed fetch: it must not wipe a good set. */
function usableKeys(entries: readonly unknown[], deps: ProviderKeysDeps): readonly JWK[] {
  const first = entries.slice(0, MOST_KEYS)
  if (first.some((entry) => isJwk(entry) && entry.d !== undefined)) deps.onPrivateKey?.()
  const keys = first.filter((entry) => isJwk(entry)).filter(mayBeUsable)
  if (keys.length === 0) throw new Error('the provider published no usable signing key')
  return keys
}

function isJwk(entry: unknown): entry is JWK {
  return typeof entry === 'object' && entry !== null && !Array.isArray(entry)
}

/** Whether an entry may be a public signing key; import decides. */
function mayBeUsable(key: JWK): boolean {
  const { kty, use, n, e, d, key_ops: operations } = key
  if (d !== undefined || !(use === undefined || use === 'sig')) return false
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return false
  if (kty === 'RSA') return bytesOf(n) >= 256 && bytesOf(e) >= 3
  return kty === 'EC' || isEd25519Key(key)
}

/** RSA below 2,048 bits or with an exponent below 65,537 is not accepted (RFC 7518 3.3). */
function bytesOf(number: unknown): number {
  return typeof number === 'string' ? Buffer.byteLength(number, 'base64url') : 0
}

/** Keys that fit a header; all that bear its id, or, without one, the first five of the right type. */
function matching(keys: readonly JWK[], { kid, algorithm, issuer }: WantedKey): readonly JWK[] {
  const type = keyTypeOf(algorithm)
  const fits = (key: JWK) => key.kty === type && (key.alg === undefined || key.alg === algorithm)
  const isOf = ({ issuer: own }: JWK & { issuer?: unknown }) =>
    own === undefined || (typeof own === 'string' && keyServes(own, issuer))
  return keys
    .filter((key) => fits(key) && isOf(key) && (kid === undefined || key.kid === kid))
    .slice(0, MOST_TRIED)
}

function keyTypeOf(algorithm: SignatureAlgorithm): 'EC' | 'OKP' | 'RSA' {
  if (algorithm === 'EdDSA') return 'OKP'
  return algorithm.startsWith('ES') ? 'EC' : 'RSA'
}

async function importAll(
  keys: readonly JWK[],
  algorithm: SignatureAlgorithm,
): Promise<readonly CryptoKey[]> {
  const imported = await Promise.all(keys.map((key) => importOnce(key, algorithm)))
  return imported.filter((key) => key !== undefined)
}

type Imported = Promise<CryptoKey | undefined>

/** Importing costs more than verifying, and a key set serves for an hour. */
const importedKeys = new WeakMap<JWK, Map<SignatureAlgorithm, Imported>>()

function importOnce(jwk: JWK, algorithm: SignatureAlgorithm): Imported {
  const known = importedKeys.get(jwk) ?? new Map<SignatureAlgorithm, Imported>()
  importedKeys.set(jwk, known)
  const imported = known.get(algorithm) ?? importOne(jwk, algorithm)
  known.set(algorithm, imported)
  return imported
}

async function importOne(jwk: JWK, algorithm: SignatureAlgorithm): Promise<CryptoKey | undefined> {
  const { importJWK } = await import('jose')
  try {
    const key = await importJWK(jwk, algorithm)
    return key instanceof Uint8Array ? undefined : key
  } catch {
    return undefined
  }
}
