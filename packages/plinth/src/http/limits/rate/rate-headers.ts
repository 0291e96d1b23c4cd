import type { Charge, Policy, Standing } from './window-store.ts'

/** A counter that was asked, with its answer. */
export interface Counted {
  readonly charge: Charge
  readonly standing: Standing
}

// Says whether others of the same address try keys; told to those only whom it refuses.
const UNTOLD: ReadonlySet<Policy> = new Set(['failed-credentials'])

/**
 * The headers of draft-ietf-httpapi-ratelimit-headers-11: which quotas hold, what is left of each,
 * and in how many seconds more comes back.
 */
export function rateHeaders(counted: readonly Counted[]): Record<string, string> {
  const told = counted.filter(
    ({ charge, standing }) => !UNTOLD.has(charge.policy) || !standing.allowed,
  )
  if (told.length === 0) return {}
  return {
    'ratelimit-policy': told.map(policyOf).join(', '),
    ratelimit: told.map(stateOf).join(', '),
  }
}

function policyOf({ charge, standing }: Counted): string {
  return `"${charge.policy}";q=${standing.limit};w=${inSeconds(charge.quota.windowMs)}`
}

function stateOf({ charge, standing }: Counted): string {
  return `"${charge.policy}";r=${standing.remaining};t=${inSeconds(standing.resetMs)}`
}

/** Whole seconds, rounded up: who waits so long finds more. */
export function inSeconds(ms: number): number {
  return Math.ceil(ms / 1_000)
}
