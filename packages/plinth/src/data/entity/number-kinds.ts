import { z } from 'zod'
import type { Kind } from './kind.ts'
import { markOf } from './mark.ts'
import { NONE, ORDERED, SAME } from './operators.ts'
import type { Definition } from './refusals.ts'

/** A whole number of 32 bits. */
export const int: Kind = {
  name: 'int',
  is: ({ type, format, checks }) =>
    type === 'number' && format === 'int32' && !hasNumberFormat(checks),
  sqlType: () => 'integer',
  operators: ORDERED,
  wire: () => z.int32(),
}

/** Minor units, exact as far as a number is. */
export const money: Kind = {
  name: 'money',
  is: (_, mark) => mark?.kind === 'money',
  sqlType: () => 'bigint',
  operators: ORDERED,
  wire: () => z.int(),
  read: safeInteger,
}

/** A whole number of 64 bits, as text. */
export const bigint: Kind = {
  name: 'bigint',
  is: (_, mark) => mark?.kind === 'bigint',
  sqlType: () => 'bigint',
  operators: ORDERED,
  wire: () => z.string(),
}

/** An exact decimal number, as text. */
export const decimal: Kind = {
  name: 'decimal',
  is: (_, mark) => mark?.kind === 'decimal',
  sqlType: (schema) => {
    const fact = markOf(schema)
    return fact?.kind === 'decimal' ? `numeric(${fact.precision},${fact.scale})` : 'numeric'
  },
  operators: NONE,
  wire: () => z.string(),
}

/** A number that may be rounded. */
export const float: Kind = {
  name: 'float',
  is: ({ type, format, coerce, checks }) =>
    type === 'number' && format === undefined && coerce !== true && !hasNumberFormat(checks),
  sqlType: () => 'double precision',
  operators: ORDERED,
  wire: () => z.number(),
}

/** True or false. */
export const boolean: Kind = {
  name: 'boolean',
  is: ({ type, coerce }) => type === 'boolean' && coerce !== true,
  sqlType: () => 'boolean',
  operators: SAME,
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
