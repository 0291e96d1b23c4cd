import type { Clock } from '../../../kernel/index.ts'
import { SlidingWindow } from './sliding-window.ts'
import type { Charge, Policy, Standing, WindowStore } from './window-store.ts'

/** A store that answers at once. */
export interface MemoryWindows extends WindowStore {
  take(charges: readonly Charge[]): readonly Standing[]
  /** Counters that are kept now. */
  readonly size: number
}

/** What a store in process is made from. */
export interface MemoryWindowsOptions {
  readonly clock: Pick<Clock, 'monotonic'>
  /** Counters of one policy at most; about the one that was used longest ago makes room. */
  readonly mostPerPolicy?: number
}

// About 200 bytes each.
const MOST_PER_POLICY = 50_000

/**
 * Counts in the memory of this process. Each policy has room of its own: whoever fills that of
 * addresses, and with IPv6 anybody can, pushes nobody's account out of the counting.
 */
export function createMemoryWindows(options: MemoryWindowsOptions): MemoryWindows {
  const { clock, mostPerPolicy = MOST_PER_POLICY } = options
  const policies = new Map<Policy, Counters>()
  const countersOf = (policy: Policy): Counters => {
    const known = policies.get(policy)
    if (known !== undefined) return known
    const made = new Counters(mostPerPolicy)
    policies.set(policy, made)
    return made
  }
  return {
    get size() {
      return [...policies.values()].reduce((sum, { size }) => sum + size, 0)
    },
    take(charges) {
      const now = clock.monotonic()
      const found: (SlidingWindow | undefined)[] = []
      let passes = true
      for (const { policy, key, quota, cost } of charges) {
        const window = countersOf(policy).find(key)
        if (cost === 1 && window !== undefined && !window.hasRoom(quota, now)) passes = false
        found.push(window)
      }
      return charges.map(({ policy, key, quota, cost }, at) => {
        const known = found[at]
        if (!passes || cost === 0) return known?.standing(quota, now) ?? all(quota)
        const counters = countersOf(policy)
        if (known === undefined) return counters.make(key, quota.windowMs, now).add(quota, now)
        counters.used(key, known)
        return known.add(quota, now)
      })
    },
  }
}

/** The counters of one policy. */
class Counters {
  readonly #most: number
  readonly #windows = new Map<string, SlidingWindow>()

  constructor(most: number) {
    this.#most = most
  }

  get size(): number {
    return this.#windows.size
  }

  find(key: string): SlidingWindow | undefined {
    return this.#windows.get(key)
  }

  /** A new counter, in the place of about the one that was used longest ago when there is no room. */
  make(key: string, windowMs: number, nowMs: number): SlidingWindow {
    const window = new SlidingWindow(windowMs, nowMs)
    this.#put(key, window)
    return window
  }

  /** Remembers that a counter was used, where that matters: their order does when room gets scarce. */
  used(key: string, window: SlidingWindow): void {
    if (this.#windows.size >= this.#most / 2) this.#put(key, window)
  }

  #put(key: string, window: SlidingWindow): void {
    this.#windows.delete(key)
    const [oldest] = this.#windows.size >= this.#most ? this.#windows.keys() : []
    if (oldest !== undefined) this.#windows.delete(oldest)
    this.#windows.set(key, window)
  }
}

function all({ requests }: Charge['quota']): Standing {
  return { allowed: true, limit: requests, remaining: requests, resetMs: 0 }
}
