import type { CryptoKey, JWK } from 'jose'
import { importJWK } from 'jose'
import type { Clock } from '../../kernel/index.ts'
import type { IdTokenAlgorithm } from './id-token-claims.ts'
import { keep } from './kept-value.ts'
import type { KeyFinder } from './verify-id-token.ts'

/** Where a provider's keys come from and how long they are kept. */
export interface ProviderKeysDeps {
  readonly clock: Clock
  /** Fetches the key set: the `keys` of a JWKS document. Throws when it cannot. */
  readonly fetchKeys: () => Promise<readonly unknown[]>
  /** Seconds a fetched set is used before it is fetched again. */
  readonly ttlSeconds: number
}

/** The keys of one issuer. */
export interface ProviderKeys {
  readonly find: KeyFinder
  /** Fetches the set unless a fresh one is held; throws when there is none at all. */
  warm(): Promise<void>
}

/** Time between two fetches, whether the last one failed or brought no new key. */
const COOL_DOWN_MS = 30_000
/** A set that cannot be renewed is used this much longer. */
const STALE_MS = 3_600_000
const MOST_KEYS = 100
const MOST_TRIED = 5

/**
 * Keeps the key set of one issuer. A key id that is not in it fetches it anew, so that a provider
 * may rotate its keys between our fetch and its signing (JW-50 to JW-54).
 */
export function createProviderKeys({
  clock,
  fetchKeys,
  ttlSeconds,
}: ProviderKeysDeps): ProviderKeys {
  const kept = keep({
    clock,
    fetch: async () => usableKeys(await fetchKeys()),
    freshMs: ttlSeconds * 1_000,
    staleMs: STALE_MS,
    coolDownMs: COOL_DOWN_MS,
  })
  return {
    async find({ kid, algorithm }) {
      const found = matching(await kept.get(), kid, algorithm)
      if (found.length > 0) return importAll(found, algorithm)
      await kept.renew()
      return importAll(matching(await kept.get(), kid, algorithm), algorithm)
    },
    async warm() {
      await kept.get()
    },
  }
}

/** The entries worth keeping. None at all counts as a failed fetch: it must not wipe a good set. */
function usableKeys(entries: readonly unknown[]): readonly JWK[] {
  const keys = entries.slice(0, MOST_KEYS).filter(mayBeUsable)
  if (keys.length === 0) throw new Error('the provider published no usable signing key')
  return keys
}

/** Whether an entry may be a public signing key; import decides. */
function mayBeUsable(entry: unknown): entry is JWK {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
  const { kty, use, n, e, key_ops: operations } = entry as JWK
  if (kty !== 'EC' && !(kty === 'RSA' && bytesOf(n) >= 256 && bytesOf(e) >= 3)) return false
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return false
  return use === undefined || use === 'sig'
}

/** RSA below 2,048 bits or with an exponent below 65,537 is not accepted (RFC 7518 3.3). */
function bytesOf(number: unknown): number {
  return typeof number === 'string' ? Buffer.byteLength(number, 'base64url') : 0
}

/** Keys that fit a header; all that bear its id, or, without one, the first five of the right type. */
function matching(
  keys: readonly JWK[],
  kid: string | undefined,
  algorithm: IdTokenAlgorithm,
): readonly JWK[] {
  const type = algorithm.startsWith('ES') ? 'EC' : 'RSA'
  const fits = (key: JWK) => key.kty === type && (key.alg === undefined || key.alg === algorithm)
  return keys
    .filter((key) => fits(key) && (kid === undefined || key.kid === kid))
    .slice(0, MOST_TRIED)
}

async function importAll(
  keys: readonly JWK[],
  algorithm: IdTokenAlgorithm,
): Promise<readonly CryptoKey[]> {
  const imported = await Promise.all(keys.map((key) => importOne(key, algorithm)))
  return imported.filter((key) => key !== undefined)
}

/** Private keys, published by mistake, are passed over like any that cannot be used. */
async function importOne(jwk: JWK, algorithm: IdTokenAlgorithm): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK(jwk, algorithm)
    return key instanceof Uint8Array || key.type !== 'public' ? undefined : key
  } catch {
    return undefined
  }
}
