import { z } from 'zod'
import { isStoredJson } from '../../data/index.ts'

type Schema = z.core.JSONSchema.BaseSchema
type Schemas = Readonly<Record<string, Schema>>
interface Sent extends Schema {
  /** What is named, or holds itself. */
  readonly definitions?: Schemas
}

/** Keywords under which schemas stand by names of somebody's choice: `anyOf` can be one of those. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions'])
/** Marks the schema of a JSON column: a row may be older than it. */
const STORED = 'x-stored'
/** Keywords under which values stand. */
const VALUES: ReadonlySet<string> = new Set(['const', 'default', 'enum', 'examples', 'required'])

/**
 * The JSON Schema that answers are written by. What writes them leaves out undeclared fields, so nothing
 * here forbids them: where a choice is to be made, an object with such a field would be none of the two,
 * and no answer at all. Between one schema and null there is no choice to be made: what is not null is
 * written like a value that cannot be null, also when it was stored by stricter or looser rules. What a
 * JSON column held before its schema got one more field is sent as it is, and not the end of a whole list.
 * @throws Error when JSON has no way to write what the schema says
 */
export function sentSchemaOf(schema: z.core.$ZodType): Schema {
  const whole = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    override: ({ zodSchema, jsonSchema }) => {
      if (isStoredJson(zodSchema)) jsonSchema[STORED] = true
    },
  })
  const { definitions = {}, ...sent }: Sent = whole
  return { ...tolerant(sent), definitions: twice(definitions) }
}

/** Each definition twice: as it is, and so that null may stand in its place. */
function twice(definitions: Schemas): Schemas {
  const both = Object.entries(definitions).flatMap(([name, one]): [string, Schema][] => [
    [name, tolerant(one)],
    [orNull(name), tolerant({ anyOf: [one, { type: 'null' }] })],
  ])
  return Object.fromEntries(both)
}

function orNull(name: string): string {
  return `${name}-or-null`
}

/**
 * The same with its parts, wherever they stand in it.
 * @param within whether it stands in a JSON column
 */
function tolerant(schema: Schema, within = false): Schema {
  const { anyOf, oneOf, additionalProperties, [STORED]: marked, ...rest } = schema
  const stored = within || marked === true
  const parts = Object.entries(rest).map(([keyword, part]) => [
    keyword,
    partOf(keyword, part, stored),
  ])
  const { required, ...kept }: Schema = Object.fromEntries(parts)
  const others = isSchema(additionalProperties) && tolerant(additionalProperties, stored)
  return {
    ...kept,
    ...(required !== undefined && !stored && { required: required.filter(hasNoDefault(rest)) }),
    ...(others && { additionalProperties: others }),
    ...choiceOf(anyOf ?? oneOf, stored),
  }
}

function partOf(keyword: string, part: unknown, stored: boolean): unknown {
  const each = (one: unknown) => (isSchema(one) ? tolerant(one, stored) : one)
  if (VALUES.has(keyword)) return part
  if (Array.isArray(part)) return part.map(each)
  if (!isSchema(part) || !BY_NAME.has(keyword)) return each(part)
  return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, each(one)]))
}

function isSchema(part: unknown): part is Schema {
  return typeof part === 'object' && part !== null && !Array.isArray(part)
}

/** A field that was not stored yet is written with its default, so that a value may lack it. */
function hasNoDefault({ properties = {} }: Schema): (name: string) => boolean {
  return (name) => {
    const field = properties[name]
    return !isSchema(field) || field.default === undefined
  }
}

/**
 * Of several objects the one that fits to the letter goes first: a smaller one would fit the larger too.
 * What tells them apart is then asked of stored ones as well.
 */
function choiceOf(choices: readonly Schema[] | undefined, stored: boolean): object {
  if (choices === undefined) return {}
  const values = choices.filter(({ type }) => type !== 'null')
  const [only] = values
  if (values.length > 1) return { anyOf: [...choices, ...choices.map((one) => tolerant(one))] }
  if (only === undefined) return { anyOf: choices }
  if (values.length === choices.length) return tolerant(only, stored)
  return withNull(only, stored) ?? { anyOf: choices.map((one) => tolerant(one, stored)) }
}

const DEFINITION = '#/definitions/'

/** A schema that takes null too; undefined for one that has no type of its own. */
function withNull(schema: Schema, stored: boolean): object | undefined {
  if (schema.$ref?.startsWith(DEFINITION)) return { $ref: orNull(schema.$ref) }
  if (schema.type === undefined || schema.const !== undefined) return undefined
  const { enum: texts } = schema
  return { ...tolerant(schema, stored), ...(texts && { enum: [...texts, null] }), nullable: true }
}
