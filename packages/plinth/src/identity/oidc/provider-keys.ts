import type { CryptoKey, JWK } from 'jose'
import { importJWK } from 'jose'
import type { Clock } from '../../kernel/index.ts'
import type { IdTokenAlgorithm } from './id-token-claims.ts'
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

interface KeySet {
  readonly keys: readonly JWK[]
  readonly fetchedAt: number
}

/** Time between two fetches, whether the last one failed or brought no new key (JW-50, JW-51). */
const COOL_DOWN_MS = 30_000
/** A set that cannot be renewed is used this much longer (JW-52). */
const STALE_MS = 3_600_000
const MOST_KEYS = 100
const MOST_TRIED = 5

/**
 * Keeps the key set of one issuer: fetched when first needed, once at a time, at most once in 30 s,
 * and kept when the provider is down. A key id that is not in it fetches it anew, so that a
 * provider may rotate its keys between our fetch and its signing.
 */
export function createProviderKeys(deps: ProviderKeysDeps): ProviderKeys {
  let held: KeySet | undefined
  let triedAt: number | undefined
  let fetching: Promise<void> | undefined

  const age = () =>
    held === undefined ? Number.POSITIVE_INFINITY : deps.clock.monotonic() - held.fetchedAt
  const coolingDown = () => triedAt !== undefined && deps.clock.monotonic() - triedAt < COOL_DOWN_MS

  async function fetchOnce(): Promise<void> {
    triedAt = deps.clock.monotonic()
    const keys = (await deps.fetchKeys()).slice(0, MOST_KEYS).filter(isUsable)
    // An empty answer does not wipe a good set.
    if (keys.length > 0) held = { keys, fetchedAt: deps.clock.monotonic() }
  }

  async function renew(): Promise<void> {
    if (fetching === undefined && coolingDown()) return
    fetching ??= fetchOnce().finally(() => {
      fetching = undefined
    })
    await fetching
  }

  async function renewIfPossible(): Promise<void> {
    try {
      await renew()
    } catch (error) {
      if (age() > deps.ttlSeconds * 1_000 + STALE_MS) throw error
    }
  }

  const usable = () => (age() <= deps.ttlSeconds * 1_000 + STALE_MS ? (held?.keys ?? []) : [])

  return {
    async find({ kid, algorithm }) {
      if (age() > deps.ttlSeconds * 1_000) await renewIfPossible()
      let found = matching(usable(), kid, algorithm)
      if (found.length === 0) {
        await renewIfPossible()
        found = matching(usable(), kid, algorithm)
      }
      return importAll(found, algorithm)
    },
    async warm() {
      if (age() > deps.ttlSeconds * 1_000) await renewIfPossible()
      if (usable().length === 0) throw new Error('the provider published no usable signing key')
    },
  }
}

/** A public signing key. Symmetric keys, and private ones published by mistake, are passed over. */
function isUsable(entry: unknown): entry is JWK {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false
  const { kty, use, d, k, n, e, key_ops: operations } = entry as JWK
  if (kty !== 'EC' && !(kty === 'RSA' && bytesOf(n) >= 256 && bytesOf(e) >= 3)) return false
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return false
  return d === undefined && k === undefined && (use === undefined || use === 'sig')
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

async function importOne(jwk: JWK, algorithm: IdTokenAlgorithm): Promise<CryptoKey | undefined> {
  try {
    const key = await importJWK(jwk, algorithm)
    return key instanceof Uint8Array || key.type !== 'public' ? undefined : key
  } catch {
    return undefined
  }
}
