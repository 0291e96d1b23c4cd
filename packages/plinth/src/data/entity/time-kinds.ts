import { z } from 'zod'
import type { Kind } from './kind.ts'
import { refuseWhere } from './kind.ts'
import { instantText } from './timestamp.ts'

export const date: Kind = {
  name: 'date',
  is: ({ type, format }) => type === 'string' && format === 'date',
  sqlType: () => 'date',
  guard: (schema) =>
    refuseWhere(schema, (value) =>
      String(value).startsWith('0000') ? 'Must be in the years 0001 to 9999' : undefined,
    ),
  wire: () => z.string().meta({ format: 'date' }),
  select: (column) => `to_char(${column}, 'YYYY-MM-DD')`,
  read: dateText,
  generated: 'now',
}

export const timestamp: Kind = {
  name: 'timestamp',
  is: (_, mark) => mark?.kind === 'timestamp',
  sqlType: () => 'timestamp(3) with time zone',
  wire: () => z.string().meta({ format: 'date-time' }),
  select: (column) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
  read: instantText,
  generated: 'now',
}

function dateText(value: unknown): string {
  if (!(value instanceof Date)) return String(value)
  // The driver reads a date as local midnight, so its local parts are the date that was stored.
  const [year, month, day] = [value.getFullYear(), value.getMonth() + 1, value.getDate()]
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
