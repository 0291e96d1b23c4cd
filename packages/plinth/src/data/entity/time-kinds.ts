import { z } from 'zod'
import type { Kind } from './kind.ts'
import { refuseWhere } from './kind.ts'
import { ORDERED } from './operators.ts'

/** A day, without time or zone. */
export const date: Kind = {
  name: 'date',
  is: ({ type, format }) => type === 'string' && format === 'date',
  sqlType: () => 'date',
  operators: ORDERED,
  guard: (schema) =>
    refuseWhere(schema, (value) =>
      String(value).startsWith('0000') ? 'Must be in the years 0001 to 9999' : undefined,
    ),
  wire: () => z.string().meta({ format: 'date' }),
  generated: 'now',
}

/** A moment, to the millisecond. */
export const timestamp: Kind = {
  name: 'timestamp',
  is: (_, mark) => mark?.kind === 'timestamp',
  sqlType: () => 'timestamp(3) with time zone',
  operators: ORDERED,
  wire: () => z.string().meta({ format: 'date-time' }),
  generated: 'now',
}
