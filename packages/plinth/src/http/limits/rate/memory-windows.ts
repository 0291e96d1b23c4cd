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
  /** Counters of one policy at most; the one that was used longest ago makes room. */
  readonly mostPerPolicy?: number
}

type Counters = Map<string, SlidingWindow>

// About 200 bytes each.
const MOST_PER_POLICY = 50_000

/**
 * Counts in the memory of this process. Each policy has room of its own: whoever fills that of
 * addresses, and with IPv6 anybody can, pushes nobody's account out of the counting.
 */
export function createMemoryWindows(options: MemoryWindowsOptions): MemoryWindows {
  const { clock, mostPerPolicy = MOST_PER_POLICY } = options
  const policies = new Map<Policy, Counters>()

  function countersOf(policy: Policy): Counters {
    const known = policies.get(policy)
    if (known !== undefined) return known
    const counters: Counters = new Map()
    policies.set(policy, counters)
    return counters
  }

  /** Counts one, and moves the counter to where it is forgotten last. */
  function count({ policy, key, quota }: Charge, window: SlidingWindow | undefined, now: number) {
    const counters = countersOf(policy)
    const counter = window ?? new SlidingWindow(quota.windowMs, now)
    counter.add()
    counters.delete(key)
    const [oldest] = counters.size >= mostPerPolicy ? counters.keys() : []
    if (oldest !== undefined) counters.delete(oldest)
    counters.set(key, counter)
    return counter
  }

  return {
    get size() {
      return [...policies.values()].reduce((sum, counters) => sum + counters.size, 0)
    },
    take(charges) {
      const now = clock.monotonic()
      const windows = charges.map(({ policy, key }) => policies.get(policy)?.get(key))
      const before = charges.map(({ quota }, at) => windows[at]?.standing(quota, now) ?? all(quota))
      if (before.some(({ allowed }) => !allowed)) return before
      return charges.map((charge, at) => {
        if (charge.cost === 0) return before[at] ?? all(charge.quota)
        const counter = count(charge, windows[at], now)
        return { ...counter.standing(charge.quota, now), allowed: true }
      })
    },
  }
}

function all({ requests }: Charge['quota']): Standing {
  return { allowed: true, limit: requests, remaining: requests, resetMs: 0 }
}
