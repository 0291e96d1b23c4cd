import { z } from 'zod'
import { mark } from './mark.ts'

const DIGITS = /^(?:0|-?[1-9]\d{0,18})$/
const [LEAST, MOST] = [-(2n ** 63n), 2n ** 63n - 1n]

/** A 64-bit integer, exact: decimal text on the wire (`"9007199254740993"`), `bigint` in the table. */
export function bigint(): z.ZodString {
  const schema = z
    .string()
    .regex(DIGITS, 'Must be a whole number as text, without leading zeros')
    .refine(fits, 'Must fit into 64 bits')
  return mark(schema, { kind: 'bigint' })
}

function fits(text: string): boolean {
  if (!DIGITS.test(text)) return true
  const value = BigInt(text)
  return value >= LEAST && value <= MOST
}
