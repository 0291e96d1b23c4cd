import { z } from 'zod'
import { mark } from './mark.ts'

const CANONICAL = /^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/**
 * A moment, to the millisecond, in the years 0001 to 9999. Any ISO 8601 offset is taken; the row
 * and the wire carry one form: `2026-01-02T03:04:05.678Z`. `timestamptz(3)` in the table.
 */
export function timestamp(): z.ZodISODateTime {
  return MOMENT
}

// One for all columns: Zod never changes a schema, and making this one takes ten others.
const MOMENT = mark(
  z.iso
    .datetime({
      offset: true,
      error: 'Must be a moment such as 2026-01-02T03:04:05.678Z',
      // What is no moment at all lies in no year.
      abort: true,
    })
    .overwrite(toInstant)
    .regex(CANONICAL, 'Must be in the years 0001 to 9999'),
  { kind: 'timestamp' },
)

function toInstant(text: string): string {
  const moment = new Date(text)
  return Number.isNaN(moment.getTime()) ? text : moment.toISOString()
}
