const [ZERO, MINUS, DOT, SPACE, PLUS, T, Z] = [48, 45, 46, 32, 43, 84, 90]
const LAST_ASCII = 0x7f

/** A big-endian integer of 32 bits; Node's own function costs more than all else about a field. */
export function int32At(bytes: Buffer, at: number): number {
  const [first = 0, second = 0] = [bytes[at], bytes[at + 1]]
  const [third = 0, fourth = 0] = [bytes[at + 2], bytes[at + 3]]
  return (first << 24) | (second << 16) | (third << 8) | fourth
}

/** Whether each byte is a character of its own. */
export function isAscii(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if ((bytes[at] ?? 0) > LAST_ASCII) return false
  }
  return true
}

/** The integer that digits say, with or without a minus before them: `-42`. Exact up to 15 digits. */
export function integerAt(bytes: Buffer, from: number, to: number): number {
  const isNegative = bytes[from] === MINUS
  let value = 0
  for (let at = isNegative ? from + 1 : from; at < to; at += 1) {
    value = value * 10 + (bytes[at] ?? ZERO) - ZERO
  }
  return isNegative ? -value : value
}

/** Bytes of `2026-01-02T03:04:05.678Z`. */
export const MOMENT_BYTES = 24
/** Where the parts of a moment end, and how long its offset is. */
const [DAY_ENDS, SECOND_ENDS, MILLISECOND_ENDS, OFFSET_BYTES] = [10, 19, 23, 3]
/** PostgreSQL leaves out zeros at the end: one digit to six after the dot. */
const LONGEST_FRACTION = 6

/**
 * Writes a moment where it stands as ISO 8601 has it: `2026-01-02 03:04:05.678901+00` begins with
 * `2026-01-02T03:04:05.678Z` then. One without a fraction has no room for that; it and any other form of
 * a moment stay as they are.
 */
export function writeMoment(bytes: Buffer, from: number, to: number): void {
  const digits = to - from - OFFSET_BYTES - (SECOND_ENDS + 1)
  if (digits < 1 || digits > LONGEST_FRACTION) return
  const isPlain =
    bytes[from + 4] === MINUS &&
    bytes[from + DAY_ENDS] === SPACE &&
    bytes[from + SECOND_ENDS] === DOT &&
    bytes[to - 3] === PLUS &&
    bytes[to - 2] === ZERO &&
    bytes[to - 1] === ZERO
  if (!isPlain) return
  bytes[from + DAY_ENDS] = T
  for (let at = SECOND_ENDS + 1 + digits; at < MILLISECOND_ENDS; at += 1) bytes[from + at] = ZERO
  bytes[from + MILLISECOND_ENDS] = Z
}

/** Whether a moment was written as ISO 8601 has it. */
export function isWritten(bytes: Buffer, from: number): boolean {
  return bytes[from + DAY_ENDS] === T
}
