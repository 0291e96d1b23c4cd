import { z } from 'zod'
import { mark } from './mark.ts'

/** An amount in minor units (cents): a safe integer on the wire, `bigint` in the table. */
export function money(): z.ZodInt {
  return mark(z.int(), { kind: 'money' })
}
