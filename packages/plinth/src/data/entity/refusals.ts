import type { z } from 'zod'

/** The part of a Zod definition that tells what a schema is. */
export interface Definition {
  readonly type: string
  readonly format?: string
  readonly coerce?: boolean
  readonly entries?: Readonly<Record<string, unknown>>
  readonly element?: z.ZodType
  readonly in?: { readonly def: Definition }
  readonly out?: { readonly def: Definition }
  readonly reverseTransform?: unknown
  readonly checks?: readonly { readonly _zod: { readonly def: CheckDefinition } }[]
}

interface CheckDefinition {
  readonly check: string
  readonly maximum?: number
  readonly length?: number
  readonly format?: string
}

// What to say instead, for each Zod type that no column can be. A row is the JSON that travels, so
// nothing may change its type on the way, and one declaration must give one column.
const INSTEAD: Readonly<Record<string, string>> = {
  date: 'z.date() is not JSON; say timestamp() or z.iso.date()',
  bigint: 'z.bigint() is not JSON; say bigint()',
  transform:
    'transform() changes the value between wire and table; use refine(), trim() or computed',
  catch: 'catch() hides bad input; let it be refused',
  lazy: 'lazy() has no column type; say json(schema)',
  union: 'a union has no one column type; say z.enum() or json(schema)',
  literal: 'a literal is an enum of one; say z.enum([…])',
  prefault: 'prefault() re-applies itself on update; say default()',
  object: 'a nested object is JSON; say json(z.object(…))',
  array:
    'a list holds texts only; say z.array(z.string()) or json(z.array(…)); references to many are an entity of their own',
  readonly: 'readonly() does nothing to a row; leave it out',
  nonoptional: 'nonoptional() undoes a wrapper; leave both out',
  any: 'any value at all is JSON; say json(schema)',
  unknown: 'any value at all is JSON; say json(schema)',
  tuple: 'a tuple is JSON; say json(z.tuple([…]))',
  map: 'a map is not JSON; say z.record() or json(schema)',
  set: 'a set is not JSON; say z.array(z.string())',
  template_literal: 'a template literal is a text; say z.string() with a regex()',
}

const KINDS =
  'a column is a text, a number, a boolean, a date, a moment, an enum, a uuid, JSON, a list or a reference'

/**
 * Refuses what is no schema at all, as a program without types may give it.
 * @throws TypeError that says what to write
 */
export function assertSchema(given: unknown): void {
  if (typeof given === 'function') {
    throw new TypeError('it is a function; call it: z.string(), money()')
  }
  const isSchema = typeof given === 'object' && given !== null && '_zod' in given
  if (!isSchema) throw new TypeError('it is no schema; say z.string(), z.int32(), money() …')
}

/** Why a schema cannot be a column, in one sentence without a full stop. */
export function refusalOf(definition: Definition): string {
  if (definition.coerce === true) return 'coerce takes what it should refuse; leave it out'
  if (definition.type === 'pipe')
    return `${pipeName(definition)}() is refused; a row is the JSON you send`
  const { type, format } = definition
  if (type === 'number') {
    return format?.startsWith('float') === true
      ? 'a number with a fraction has one size; say z.number()'
      : 'whole numbers have a size; say z.int32(), money() or bigint()'
  }
  if (type === 'string') return `a text of format "${format}" is refused; ${textInstead(format)}`
  if (type === 'enum') return 'an enum holds texts only, at least one'
  return INSTEAD[type] ?? `z.${type}() cannot be a column; ${KINDS}`
}

function textInstead(format: string | undefined): string {
  if (format === 'datetime') return 'say timestamp()'
  return format === 'guid' ? 'say z.uuid()' : 'say z.string() with a regex()'
}

function pipeName(definition: Definition): string {
  if (definition.reverseTransform !== undefined) return 'codec'
  if (definition.in?.def.type === 'transform') return 'preprocess'
  return definition.out?.def.type === 'transform' ? 'transform' : 'pipe'
}
