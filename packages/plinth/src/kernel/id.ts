import { randomUUID } from 'node:crypto'
import type { Clock } from './clock.ts'
import { systemClock } from './clock.ts'

declare const brand: unique symbol

/** A UUID that belongs to one kind of thing: an `Id<'product'>` is not an `Id<'category'>`. */
export type Id<Of extends string> = string & { readonly [brand]: Of }

/** The tenant of platform events: the nil UUID (RFC 9562 §5.9). */
export const NIL_ID = '00000000-0000-0000-0000-000000000000'

const CANONICAL = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** A fresh time-ordered identifier (UUIDv7, RFC 9562 §5.7): 48 bits of milliseconds, 74 random bits. */
export function newId<Of extends string>(clock: Clock = systemClock): Id<Of> {
  // A version 4 has its random bits and its variant in the same places, and Node keeps a supply of them.
  return `${timePart(Math.trunc(clock.now()))}${randomUUID().slice(15)}` as Id<Of>
}

const last = { ms: Number.NaN, text: '' }

/** The first half of an identifier, up to its version; many are made in one millisecond. */
function timePart(ms: number): string {
  if (ms !== last.ms) {
    const time = ms.toString(16).padStart(12, '0')
    Object.assign(last, { ms, text: `${time.slice(0, 8)}-${time.slice(8)}-7` })
  }
  return last.text
}

/** Whether a text is a UUID in its one canonical form: lower case, dashes, no braces. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && CANONICAL.test(text)
}
