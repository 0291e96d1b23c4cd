import type { HashPool } from './hash-pool.ts'
import { createHashPool, defaultHashThreads } from './hash-pool.ts'
import { standBehindRequests } from './hash-threads.ts'
import type { PasswordSettings } from './password.settings.ts'
import { hashCost, hashPassword, isOutdated, nobodysHash, verifyPassword } from './password-hash.ts'

/** Makes and checks slow hashes, a bounded number at a time. */
export interface Passwords {
  /**
   * Hashes a text with argon2id at the cost that settings name.
   * @throws AppError 503 auth.busy
   */
  hash(text: string): Promise<string>
  /**
   * Whether a text is the one of a hash. Without a hash the same work is done and the answer is no:
   * the time tells nobody whether there is one.
   * @throws AppError 503 auth.busy
   */
  verify(hash: string | null | undefined, text: string): Promise<boolean>
  /**
   * Runs work that will make or check a hash, if there is room for it.
   * @throws AppError 503 auth.busy before the work begins
   */
  admit<T>(work: () => Promise<T>): Promise<T>
  /** Whether a hash was made otherwise than one would be now. */
  isOutdated(hash: string): boolean
}

/** Makes the one place of a process where passwords are hashed. */
export function createPasswords(
  settings: PasswordSettings,
  pool: HashPool = poolOf(settings),
): Passwords {
  const cost = hashCost(settings)
  const nobody = nobodysHash(cost)
  let behind = false
  const slowly = async <T>(work: () => Promise<T>) => {
    const done = await pool.run(work)
    // The threads are there once one of them has worked.
    if (!behind) standBehindRequests()
    behind = true
    return done
  }
  return {
    hash: (text) => slowly(() => hashPassword(text, cost)),
    verify: async (hash, text) => {
      const right = await slowly(() => verifyPassword(hash ?? nobody, text))
      return right && typeof hash === 'string'
    },
    admit: pool.admit,
    isOutdated: (hash) => isOutdated(hash, cost),
  }
}

function poolOf({ hash_threads: threads, hash_queue: queue }: PasswordSettings): HashPool {
  return createHashPool({ threads: threads ?? defaultHashThreads(), queue })
}
