import { z } from 'zod'
import type { Kind } from './kind.ts'
import { markOf } from './mark.ts'
import type { Definition } from './refusals.ts'

export const int: Kind = {
  name: 'int',
  is: ({ type, format, checks }) =>
    type === 'number' && format === 'int32' && !hasNumberFormat(checks),
  sqlType: () => 'integer',
  wire: () => z.int32(),
}

export const money: Kind = {
  name: 'money',
  is: (_, mark) => mark?.kind === 'money',
  sqlType: () => 'bigint',
  wire: () => z.int(),
  read: safeInteger,
}

export const bigint: Kind = {
  name: 'bigint',
  is: (_, mark) => mark?.kind === 'bigint',
  sqlType: () => 'bigint',
  wire: () => z.string(),
  read: String,
}

export const decimal: Kind = {
  name: 'decimal',
  is: (_, mark) => mark?.kind === 'decimal',
  sqlType: (schema) => {
    const fact = markOf(schema)
    return fact?.kind === 'decimal' ? `numeric(${fact.precision},${fact.scale})` : 'numeric'
  },
  wire: () => z.string(),
  read: String,
}

export const float: Kind = {
  name: 'float',
  is: ({ type, format, coerce, checks }) =>
    type === 'number' && format === undefined && coerce !== true && !hasNumberFormat(checks),
  sqlType: () => 'double precision',
  wire: () => z.number(),
}

export const boolean: Kind = {
  name: 'boolean',
  is: ({ type, coerce }) => type === 'boolean' && coerce !== true,
  sqlType: () => 'boolean',
  wire: () => z.boolean(),
}

function hasNumberFormat(checks: Definition['checks'] = []): boolean {
  return checks.some(({ _zod: { def } }) => def.check === 'number_format')
}

function safeInteger(value: unknown): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new TypeError('an amount in the database is beyond what a number holds exactly')
}
