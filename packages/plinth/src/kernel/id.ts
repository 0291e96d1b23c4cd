import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'

declare const brand: unique symbol

/** A UUID that belongs to one kind of thing: an `Id<'product'>` is not an `Id<'category'>`. */
export type Id<Of extends string> = string & { readonly [brand]: Of }

/** The tenant of platform events: the nil UUID (RFC 9562 §5.9). */
export const NIL_ID = '00000000-0000-0000-0000-000000000000'

/** Twelve bits. */
const MOST_COUNTED = 0xfff
const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/**
 * A fresh time-ordered identifier (UUIDv7, RFC 9562 §5.7): 48 bits of milliseconds, 12 that count, 62 random
 * ones. Those of one clock in one process sort as they were made, also within a millisecond (§6.2,
 * method 1): what one transaction writes can be read in its order.
 */
export function newId<Of extends string>(clock: Clock = systemClock): Id<Of> {
  // A version 4 has its random bits and its variant in the same places, and Node keeps a supply of them.
  const random = randomUUID()
  return `${orderedPart(clock, random)}${random.slice(18)}` as Id<Of>
}

interface Made {
  ms: number
  time: string
  count: number
}

const lastOf = new WeakMap<Clock, Made>()

/** The first half of an identifier: the time, and which one of its millisecond it is. */
function orderedPart(clock: Clock, random: string): string {
  const ms = Math.trunc(clock.now())
  let last = lastOf.get(clock)
  if (last?.ms === ms) {
    last.count = (last.count + 1) & MOST_COUNTED
  } else {
    const time = ms.toString(16).padStart(12, '0')
    // From a random place on that leaves room for 2,048 more: more than can be made in the time.
    const count = Number.parseInt(random.slice(15, 18), 16) >> 1
    last = { ms, time: `${time.slice(0, 8)}-${time.slice(8)}-7`, count }
    lastOf.set(clock, last)
  }
  return last.time + last.count.toString(16).padStart(3, '0')
}

/** Whether a text is a UUID in its one canonical form: lower case, dashes, no braces. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && CANONICAL.test(text)
}
