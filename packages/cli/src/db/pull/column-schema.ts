import type { LiveColumn } from '../revision/catalogue.ts'
import { typePhrase } from '../revision/phrase.ts'

/** A field of a pulled entity. */
export interface Field {
  /** `z.string().max(200).nullable()`; undefined when no kind of `entity()` fits. */
  readonly schema: string | undefined
  /** What a person should know, without the slashes. */
  readonly note: string | undefined
}

/** What else the catalogue says of a column. */
export interface ColumnFacts {
  /** `ref('category')`. */
  readonly reference: string | undefined
  /** The texts that a CHECK allows. */
  readonly values: readonly string[] | undefined
  /** Whether the database numbers it (`generated … as identity`). */
  readonly isNumbered: boolean
}

const KINDS: readonly (readonly [type: RegExp, schema: (match: RegExpExecArray) => string])[] = [
  [/^text$/, () => 'z.string()'],
  [/^character varying\((\d+)\)$/, ([, length]) => `z.string().max(${length})`],
  [/^integer$/, () => 'z.int32()'],
  [/^bigint$/, () => 'bigint()'],
  [/^numeric\((\d+),(\d+)\)$/, ([, digits, scale]) => `decimal(${digits}, ${scale})`],
  [/^double precision$/, () => 'z.number()'],
  [/^boolean$/, () => 'z.boolean()'],
  [/^date$/, () => 'z.iso.date()'],
  [/^timestamp\(3\) with time zone$/, () => 'timestamp()'],
  [/^uuid$/, () => 'z.uuid()'],
  [/^jsonb$/, () => 'json(z.record(z.string(), z.unknown()))'],
  [/^text\[\]$/, () => 'z.array(z.string())'],
]

/** The schema of a column. */
export function fieldOf(column: LiveColumn, facts: ColumnFacts): Field {
  if (facts.isNumbered) return { schema: undefined, note: 'numbered by the database; left out' }
  const bare = bareSchema(column, facts)
  if (bare === undefined) return left(column)
  const fallback = defaultOf(column)
  const ending = `${column.required ? '' : '.nullable()'}${fallback?.text ?? ''}`
  const doubt = bare === 'bigint()' ? 'or money(), if it counts minor units' : undefined
  const unread = fallback === undefined && column.expression !== undefined
  return {
    schema: `${bare}${ending}`,
    note: unread ? `the database presets ${oneLine(column.expression ?? '')}` : doubt,
  }
}

function bareSchema(column: LiveColumn, facts: ColumnFacts): string | undefined {
  if (column.generated) return undefined
  if (facts.reference !== undefined) return facts.reference
  if (facts.values !== undefined) return `z.enum([${facts.values.map(quoted).join(', ')}])`
  for (const [type, schema] of KINDS) {
    const match = type.exec(column.type)
    if (match !== null) return schema(match)
  }
  return undefined
}

function left(column: LiveColumn): Field {
  if (column.generated) return { schema: undefined, note: 'computed by the database; left out' }
  const note = `${typePhrase(column.type)} is no kind of entity(); left out${troubleWithout(column)}`
  return { schema: undefined, note }
}

/** The end of the sentence about a column that is left out. */
export function troubleWithout({ mustBeGiven }: LiveColumn): string {
  return mustBeGiven ? ', and no row can be added without it' : ''
}

/** A text of TypeScript. */
export function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"')
  return `'${escaped.replaceAll("'", "\\'")}'`
}

/** A text that stays inside the line of its comment. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\u0085]+/g, ' ')
}

function defaultOf({ type, expression }: LiveColumn): { readonly text: string } | undefined {
  const value = expression === undefined ? undefined : presetOf(type, expression)
  return value === undefined ? undefined : { text: `.default(${value})` }
}

function presetOf(type: string, expression: string): string | undefined {
  if (expression === 'gen_random_uuid()') return "'uuid'"
  if (/^(now\(\)|\(+now\(\) AT TIME ZONE 'UTC'::text\)+::date)$/.test(expression)) return "'now'"
  if (/^(integer|double precision)$/.test(type) && /^'?-?[\d.]+/.test(expression)) {
    return /-?[\d.]+/.exec(expression)?.[0]
  }
  if (/^(true|false)$/.test(expression)) return expression
  const text = literalOf(expression)
  if (text === undefined || type === 'double precision') return undefined
  if (type.startsWith('timestamp')) return undefined
  // The printed schema is an object with any keys.
  if (type === 'jsonb') return text.startsWith('{') ? text : undefined
  if (type === 'text[]') return text === '{}' ? '[]' : undefined
  return quoted(text)
}

/** The content of `'draft'::text`, `'1.00'::numeric` or a bare number. */
function literalOf(expression: string): string | undefined {
  const [, number] =
    /^\(?'?(-?\d+(?:\.\d+)?)'?\)?(?:::\w+(?:\(\d+,\d+\))?)?$/.exec(expression) ?? []
  if (number !== undefined) return number
  const [, text] = /^'((?:[^']|'')*)'::[\w []+\]?(?:\(\d+\))?$/.exec(expression) ?? []
  return text?.replaceAll("''", "'")
}
