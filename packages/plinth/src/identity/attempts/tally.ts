/** What is counted of one subject at one place. Times are milliseconds since 1970. */
export interface Tally {
  readonly failures: number
  readonly locks: number
  readonly lockedUntil: number | null
  readonly lastFailedAt: number | null
}

/** How many failures are let through, and for how long none is after them. */
export interface TallyRule {
  /** Failures in a row that begin the first lock. */
  readonly most: number
  /** Failures that begin each further one. */
  readonly mostAgain: number
  /** Seconds of the first lock; each further one takes twice as long as the one before. */
  readonly lockSeconds: number
  readonly longestLockSeconds: number
}

/** Seconds without a failure after which all of it is forgotten. */
export const FORGET_SECONDS = 86_400

/** Nothing counted. */
export const NO_TALLY: Tally = { failures: 0, locks: 0, lockedUntil: null, lastFailedAt: null }

/** Until when no attempt is taken; undefined when one is. */
export function lockOf({ lockedUntil }: Tally, now: number): number | undefined {
  return lockedUntil !== null && lockedUntil > now ? lockedUntil : undefined
}

/**
 * Counts one attempt as failed before anybody looks whether it is: of any number at the same time no
 * more than the rule allows are ever looked at. One that turns out right is taken off again.
 * A lock that is over begins a new row of failures, so that one more does not lock at once.
 */
export function countAttempt(tally: Tally, rule: TallyRule, now: number): Tally {
  const { failures, locks } = standing(tally, now)
  const count = failures + 1
  if (count < (locks === 0 ? rule.most : rule.mostAgain)) {
    return { failures: count, locks, lockedUntil: null, lastFailedAt: now }
  }
  const seconds = Math.min(rule.lockSeconds * 2 ** locks, rule.longestLockSeconds)
  const lockedUntil = now + seconds * 1_000
  return { failures: 0, locks: locks + 1, lockedUntil, lastFailedAt: now }
}

function standing(tally: Tally, now: number): Tally {
  const { lastFailedAt, lockedUntil } = tally
  const since = Math.max(lastFailedAt ?? 0, lockedUntil ?? 0)
  return now - since > FORGET_SECONDS * 1_000 ? NO_TALLY : tally
}
