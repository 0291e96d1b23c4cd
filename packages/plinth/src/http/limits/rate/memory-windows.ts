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
      const passes = charges.every(
        ({ policy, key, quota, cost }) =>
          cost === 0 || (countersOf(policy).find(key)?.hasRoom(quota, now) ?? true),
      )
      return charges.map(({ policy, key, quota, cost }) => {
        const counters = countersOf(policy)
        return passes && cost === 1
          ? counters.use(key, quota.windowMs, now).add(quota, now)
          : (counters.find(key)?.standing(quota, now) ?? all(quota))
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

  /** The counter of a key, made when there is none. */
  use(key: string, windowMs: number, nowMs: number): SlidingWindow {
    const known = this.#windows.get(key)
    // Their order matters only when room gets scarce, and it costs something at each request.
    if (known !== undefined && this.#windows.size < this.#most / 2) return known
    const window = known ?? new SlidingWindow(windowMs, nowMs)
    this.#windows.delete(key)
    const [oldest] = this.#windows.size >= this.#most ? this.#windows.keys() : []
    if (oldest !== undefined) this.#windows.delete(oldest)
    this.#windows.set(key, window)
    return window
  }
}

function all({ requests }: Charge['quota']): Standing {
  return { allowed: true, limit: requests, remaining: requests, resetMs: 0 }
}
