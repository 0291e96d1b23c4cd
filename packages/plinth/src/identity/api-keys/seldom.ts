import type { Clock } from '../../kernel/index.ts'

const MOST_SUBJECTS = 10_000

/**
 * Tells whether something about a subject is due: once in so many milliseconds for each. Bounded: the
 * subject that was first seen longest ago is forgotten.
 */
export function seldom(clock: Clock, everyMs: number): (subject: string) => boolean {
  const until = new Map<string, number>()
  return (subject) => {
    const now = clock.monotonic()
    if ((until.get(subject) ?? Number.NEGATIVE_INFINITY) > now) return false
    until.delete(subject)
    until.set(subject, now + everyMs)
    const [oldest] = until.keys()
    if (until.size > MOST_SUBJECTS && oldest !== undefined) until.delete(oldest)
    return true
  }
}
