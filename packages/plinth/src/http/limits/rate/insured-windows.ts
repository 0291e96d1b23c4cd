import type { Breaker } from '../../../cache/index.ts'
import type { Charge, WindowStore } from './window-store.ts'

/** What an insured store is made from. */
export interface InsuredWindowsOptions {
  /** Counts for all processes together. */
  readonly shared: WindowStore
  /** Counts for this process, while `shared` does not. */
  readonly own: WindowStore
  readonly breaker: Breaker
  /** Part of each quota that this process allows by itself. */
  readonly share: number
}

/**
 * Counts in a shared store, and where that fails in this process with a part of each quota: the
 * bound is then that part times the number of processes. What one store has counted the other does
 * not: a failure never adds up to a lockout, and at most gives both quotas within one window.
 */
export function createInsuredWindows(options: InsuredWindowsOptions): WindowStore {
  const { shared, own, breaker, share } = options
  const alone = (charges: readonly Charge[]) => own.take(charges.map((one) => reduced(one, share)))
  return {
    take: async (charges) => {
      if (!breaker.closed) return alone(charges)
      try {
        const standings = await shared.take(charges)
        breaker.succeeded()
        return standings
      } catch (error) {
        breaker.failed(error)
        return alone(charges)
      }
    },
  }
}

function reduced(charge: Charge, share: number): Charge {
  const { requests, windowMs } = charge.quota
  return { ...charge, quota: { requests: Math.max(1, Math.floor(requests * share)), windowMs } }
}
