import { z } from 'zod'
import { json } from './json.ts'
import type { Kind } from './kind.ts'
import { refuseWhere } from './kind.ts'
import { markOf } from './mark.ts'
import { NONE, ORDERED, SAME } from './operators.ts'
import { idSchema } from './ref.ts'
import type { Definition } from './refusals.ts'
import { jsonFault, textFault } from './safe-text.ts'

const TEXT_TYPES = new Set(['datetime', 'date', 'time', 'duration', 'uuid', 'guid'])
const LONGEST_VARCHAR = 10_485_760

/** Text: `varchar(n)` with a `.max(n)`, else `text`. */
export const text: Kind = {
  name: 'text',
  is: ({ type, format, coerce }) =>
    type === 'string' && coerce !== true && !TEXT_TYPES.has(format ?? ''),
  sqlType: (schema) => {
    const longest = longestOf(schema)
    return longest === undefined ? 'text' : `character varying(${longest})`
  },
  operators: ORDERED,
  guard: (schema) => {
    // Again at the end: toUpperCase() and normalize() can lengthen a text that was short enough.
    const longest = longestOf(schema) ?? Number.POSITIVE_INFINITY
    const tooLong = `Must have at most ${longest} characters`
    return refuseWhere(schema, (value) => {
      if (typeof value !== 'string') return undefined
      return value.length > longest ? tooLong : textFault(value)
    })
  },
  wire: () => z.string(),
}

/** A list of texts. */
export const list: Kind = {
  name: 'list',
  is: ({ type, element }) =>
    type === 'array' &&
    element !== undefined &&
    markOf(element) === undefined &&
    text.is(element.def, undefined),
  sqlType: () => 'text[]',
  operators: NONE,
  guard: (schema) => refuseWhere(schema, jsonFault),
  wire: () => z.array(z.string()),
}

/** Any JSON that a schema describes. */
export const jsonKind: Kind = {
  name: 'json',
  is: ({ type }, mark) => mark?.kind === 'json' || type === 'record',
  sqlType: () => 'jsonb',
  operators: NONE,
  guard: (schema) => refuseWhere(json(schema), jsonFault),
  wire: (schema) => schema,
  write: (value) => JSON.stringify(value),
}

/** A UUID in its one canonical form. */
export const uuid: Kind = {
  name: 'uuid',
  is: ({ type, format }) => type === 'string' && format === 'uuid',
  sqlType: () => 'uuid',
  operators: SAME,
  guard: (schema) =>
    refuseWhere(schema, (value) =>
      String(value) === String(value).toLowerCase() ? undefined : 'Must be in lower case',
    ),
  wire: () => idSchema(),
  generated: 'uuid',
}

/** One of some texts: `text` with a CHECK, never an enum type, which no migration can shrink. */
export const enumeration: Kind = {
  name: 'enum',
  is: ({ type, entries }) => type === 'enum' && isTextList(Object.values(entries ?? {})),
  sqlType: () => 'text',
  operators: SAME,
  wire: (schema) => schema,
}

function isTextList(entries: readonly unknown[]): boolean {
  return entries.length > 0 && entries.every((entry) => typeof entry === 'string')
}

/**
 * The allowed texts of an enum.
 * @throws TypeError for one that no text column could hold
 */
export function enumValues(schema: z.ZodType): readonly string[] {
  const definition: Definition = schema.def
  const values = Object.values(definition.entries ?? {}).map(String)
  const unfit = values.find((value) => textFault(value) !== undefined)
  if (unfit === undefined) return values
  throw new TypeError(
    `the text ${JSON.stringify(unfit)} of its enum has a character that no column holds`,
  )
}

function longestOf(schema: z.ZodType): number | undefined {
  const { checks = [] }: Definition = schema.def
  const limits = checks.flatMap(({ _zod: { def } }) => {
    if (def.check === 'max_length') return def.maximum ?? []
    return def.check === 'length_equals' ? (def.length ?? []) : []
  })
  const longest = Math.min(...limits)
  return Number.isInteger(longest) && longest >= 1 && longest <= LONGEST_VARCHAR
    ? longest
    : undefined
}
