import { z } from 'zod'

/** The header of a route that takes keys. Visible ASCII without spaces: two of them are refused. */
export const idempotencyKey = {
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'Must be 1 to 255 visible ASCII characters, without spaces')
    .optional()
    .describe('Makes it safe to send the same request again: it is carried out once'),
}
