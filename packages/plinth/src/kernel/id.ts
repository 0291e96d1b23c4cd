import { randomFillSync } from 'node:crypto'
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
  const bytes = freshBytes()
  bytes.writeUIntBE(clock.now(), 0, 6)
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
  const hex = bytes.toString('hex')
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ]
  return parts.join('-') as Id<Of>
}

const ID_BYTES = 16
const pool = Buffer.alloc(128 * ID_BYTES)
let used = pool.length

/** Sixteen random bytes that nobody else gets: asking the system for many at once is cheaper. */
function freshBytes(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += ID_BYTES
  return pool.subarray(used - ID_BYTES, used)
}

/** Whether a text is a UUID in its one canonical form: lower case, dashes, no braces. */
export function isId(text: unknown): text is string {
  return typeof text === 'string' && CANONICAL.test(text)
}
