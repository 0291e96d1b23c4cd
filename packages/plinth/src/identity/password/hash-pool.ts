import { availableParallelism } from 'node:os'
import { accountProblems } from '../account/account.errors.ts'

/** Lets a few hashes run at the same time, and a bounded number wait. */
export interface HashPool {
  /**
   * Runs `work` when it is its turn.
   * @throws AppError 503 auth.busy when as many wait already as may
   */
  run<T>(work: () => Promise<T>): Promise<T>
  /**
   * Runs work at once that will need a hash on its way, unless as much is under way as the pool and its
   * queue hold: what will be told to come back must not have asked the database for anything.
   * @throws AppError 503 auth.busy
   */
  admit<T>(work: () => Promise<T>): Promise<T>
}

/** How many run, and how many may wait. */
export interface HashPoolOptions {
  readonly threads: number
  readonly queue: number
}

const RETRY_SECONDS = 2

/**
 * Makes a pool. A hash is made to be slow: without a bound a burst of sign-ins would take every
 * processor and, at 19 MiB and more each, the memory (security.md MF-41, FI-39).
 */
export function createHashPool({ threads, queue }: HashPoolOptions): HashPool {
  let running = 0
  let admitted = 0
  const waiting: (() => void)[] = []
  const turn = async () => {
    if (running < threads) {
      running += 1
      return
    }
    if (waiting.length >= queue) throw busy()
    await new Promise<void>((resolve) => waiting.push(resolve))
  }
  return {
    admit: async (work) => {
      if (admitted >= threads + queue) throw busy()
      admitted += 1
      try {
        return await work()
      } finally {
        admitted -= 1
      }
    },
    run: async (work) => {
      await turn()
      try {
        return await work()
      } finally {
        // Whoever waits takes over this place, so that nobody who comes now gets in between.
        const next = waiting.shift()
        if (next === undefined) running -= 1
        else next()
      }
    },
  }
}

function busy() {
  return accountProblems.busy({ retryAfterSeconds: RETRY_SECONDS })
}

/** Threads of libuv that run them are four unless UV_THREADPOOL_SIZE says more; files and names need one. */
const MOST_BY_DEFAULT = 3

/** One processor stays free for everything else. */
export function defaultHashThreads(): number {
  return Math.max(1, Math.min(availableParallelism() - 1, MOST_BY_DEFAULT))
}
