/** So many requests in so much time, counted over every window of that length. */
export interface Quota {
  /** Requests, at least one. */
  readonly requests: number
  /** Milliseconds, from one second to a day. */
  readonly windowMs: number
}

/** A route that no limit slows down, with the written reason why. */
export interface Unlimited {
  readonly unlimited: string
}

/**
 * What a route may be asked beyond the limits that hold everywhere, those of an address and of a
 * principal:
 *
 * * `'sign_in'`: whatever proves who somebody is, resets that, or sends a code. Counted by address
 *   before anything else is looked at, with the figures `rate_limiter.requests` and `window_ms`;
 *   the account adds its own part by `limitBy()`.
 * * a quota of its own, counted by principal, or by address where nobody is signed in.
 * * `{ unlimited: 'why' }`: not even the limits that hold everywhere; for probes.
 */
export type RouteLimit = 'sign_in' | Quota | Unlimited

const SECOND_MS = 1_000
const DAY_MS = 86_400_000

/**
 * Gives a declared limit back.
 * @throws TypeError for one that cannot be counted, or that is lifted without a reason
 */
export function requireLimit(limit: RouteLimit | undefined): RouteLimit | undefined {
  if (limit === undefined || limit === 'sign_in') return limit
  if ('unlimited' in limit) {
    if (limit.unlimited.trim() === '') throw new TypeError('unlimited needs the reason why')
    return limit
  }
  const { requests, windowMs } = limit
  if (!Number.isInteger(requests) || requests < 1) {
    throw new TypeError(`limit.requests is ${requests}; it must be a whole number, at least 1`)
  }
  if (!Number.isInteger(windowMs) || windowMs < SECOND_MS || windowMs > DAY_MS) {
    throw new TypeError(`limit.windowMs is ${windowMs}; it must be from 1 second to a day`)
  }
  return limit
}
