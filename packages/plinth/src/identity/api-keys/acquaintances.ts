/** Keys that were good in this process before, by their hash. */
export interface Acquaintances {
  has(keyHash: string): boolean
  /** Whether a key is still good says the database; this only says that it is worth the question. */
  add(keyHash: string): void
}

// About 150 bytes each.
const MOST = 10_000

/** Bounded: the key that was looked up longest ago is forgotten. */
export function createAcquaintances(most = MOST): Acquaintances {
  const known = new Set<string>()
  return {
    has: (keyHash) => known.has(keyHash),
    add(keyHash) {
      known.delete(keyHash)
      known.add(keyHash)
      const [oldest] = known
      if (known.size > most && oldest !== undefined) known.delete(oldest)
    },
  }
}
