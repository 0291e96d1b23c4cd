import { sql } from 'kysely'
import { bigint, decimal, entity, json, money, ref, timestamp } from 'plinth/data'
import { z } from 'zod'
import type { Declared } from './declared-sql.ts'

/** One change of a declaration. */
export interface Change {
  readonly title: string
  readonly from: readonly Declared[]
  readonly to: readonly Declared[]
  readonly renames?: readonly string[]
  /** Whether its rows are others after the way back: values went, or a person filled columns. */
  readonly otherRows?: true
  /** Values of one row before, as JSON; another row has none where it may. */
  readonly row?: object
  /** What a person writes into columns that come without a value. */
  readonly fill?: object
}

/** What a column may be: its schema, a default that is hard to quote, and a value as JSON. */
const kinds: Readonly<Record<string, readonly [z.ZodType, unknown, unknown]>> = {
  text: [z.string(), "it's; (a, b -- $$ \n not null \\ /* E'", 'x'],
  varchar: [z.string().max(12), 'not null', ''],
  int: [z.int32(), -1, 5],
  money: [money(), 0, 7],
  bigint: [bigint(), '-9007199254740993', '9007199254740993'],
  decimal: [decimal(9, 3), '1.500', '2.125'],
  float: [z.number(), 1e21, 0.1],
  bool: [z.boolean(), false, true],
  day: [z.iso.date(), 'now', '2026-01-02'],
  moment: [timestamp(), 'now', '2026-01-02T03:04:05.678Z'],
  uuid: [z.uuid(), 'uuid', '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'],
  colour: [z.enum(['red', "o'clock"]), "o'clock", 'red'],
  one: [z.enum(['only']), 'only', 'only'],
  odd: [z.enum(['a]', "x')::text", '', 'A b', '\\', '; --$$', 'é "q"']), "x')::text", '; --$$'],
  json: [json(z.object({ a: z.number().optional() })), { a: 1 }, {}],
  record: [z.record(z.string(), z.string()), { "a'b": 'c;' }, { a: 'b' }],
  list: [z.array(z.string()), ['a', "b'c", 'd,e', ''], ['f', '{}']],
  // Words of SQL, and names that PostgreSQL or a search function uses itself.
  select: [z.enum(['a', 'b']), 'a', 'b'],
  values: [z.string(), 'a', 'b'],
  interval: [z.int32(), 1, 2],
  tenant: [z.string(), 'a', 'b'],
  words: [z.string(), 'a', 'b'],
  t: [z.string(), 'a', 'b'],
}

type Form = (schema: z.ZodString, fallback: never) => z.ZodType
const given: Form = (schema) => schema
const preset: Form = (schema, fallback) => schema.default(fallback)
const open: Form = (schema) => schema.nullable()
const either: Form = (schema, fallback) => schema.nullish().default(fallback)

const label = entity('label', { title: z.string() })

function thing(shape: Readonly<Record<string, z.ZodType>>, options: object = {}): Declared[] {
  return [entity('thing', { ...shape, kept: z.string() }, options), label]
}

/** A column of every kind. */
function columns(form: Form, prefix = ''): Record<string, z.ZodType> {
  const all = Object.entries(kinds).map(([name, [schema, fallback]]) => [
    `${prefix}${name}`,
    form(schema as z.ZodString, fallback as never),
  ])
  return Object.fromEntries(all)
}

/** An entity with a column of every kind. */
function every(form: Form, options: object = {}, prefix = ''): Declared[] {
  return thing(columns(form, prefix), options)
}

const names = Object.keys(kinds)
const row = Object.fromEntries(Object.entries(kinds).map(([name, [, , value]]) => [name, value]))
const nothing = thing({})
const filling = thing({ ...columns(preset), ...columns(either, 'or_') })

/** A column before and after, and a value that both may hold, as JSON. */
const types: readonly (readonly [before: z.ZodType, after: z.ZodType, value: unknown])[] = [
  [z.string().max(5), z.string(), 'x'],
  [z.string().default('x'), z.string().max(5).default('x'), 'x'],
  [z.string().max(5).default('x'), z.enum(['x', 'y']).default('x'), 'y'],
  [z.int32(), money(), 1],
  [z.int32().default(-1), bigint().default('-1'), 1],
  [z.int32().default(1), decimal(12, 2).default('1.00'), 1],
  [z.int32().default(1), z.boolean().default(true), 1],
  [z.string(), z.int32(), '12'],
  [z.enum(['1', '2']).default('1'), z.int32().default(1), '2'],
  [z.enum(['v']), z.enum(['v', 'w']), 'v'],
  [z.enum(['v', 'w']), z.enum(['v']), 'v'],
  [z.enum(['v', 'w']).default('v'), z.enum(['v', 'w']).default('w'), 'w'],
  [z.iso.date(), timestamp(), '2026-01-02'],
  [timestamp(), z.iso.date(), '2026-01-02T00:00:00Z'],
  [z.string().default('x'), json(z.string()).default('x'), 'no JSON'],
  [json(z.number()), z.number(), 0.5],
  [z.string().default('x'), z.array(z.string()).default([]), 'a, b'],
  [z.string().nullable(), z.array(z.string()).nullable(), null],
  [z.uuid(), ref('label').nullable(), '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'],
  [ref('label').nullable(), ref('label', { onDelete: 'cascade' }).nullable(), null],
]

function typed(at: 0 | 1): Declared[] {
  return thing(Object.fromEntries(types.map((type, n) => [`v${n}`, type[at]])))
}

const texts = { a: z.string(), b: z.string().max(20).nullable(), label_id: ref('label').nullable() }
const many = {
  softDelete: true,
  owned: 'person',
  unique: [['a', 'b']],
  index: [['b', 'created_at']],
  search: ['a', 'b'],
  check: { short: sql`length(a) < 100` },
}
const few = {
  unique: [['a']],
  index: [['b']],
  search: ['b'],
  check: { short: sql`length(a) < 90` },
}

/** Every single kind of change, those of one kind together. */
export const everyChange: readonly Change[] = [
  {
    title: 'columns that must be given',
    from: nothing,
    to: every(given),
    fill: row,
    otherRows: true,
  },
  { title: 'columns with a default', from: nothing, to: filling },
  { title: 'no columns that must be given', from: every(given), to: nothing, row, otherRows: true },
  { title: 'no columns with a default', from: filling, to: nothing, row, otherRows: true },
  { title: 'a default', from: every(given), to: every(preset), row },
  { title: 'null, and no default', from: every(preset), to: every(open), row },
  {
    title: 'no null, and a default',
    from: every(open),
    to: every(preset),
    row,
    fill: row,
    otherRows: true,
  },
  {
    title: 'other types',
    from: typed(0),
    to: typed(1),
    row: Object.fromEntries(types.map(([, , value], n) => [`v${n}`, value])),
  },
  {
    title: 'other names, keys and indexes along',
    from: every(open, {
      softDelete: true,
      unique: names.map((name) => [name]),
      index: names.map((name) => [name]),
    }),
    to: every(
      open,
      {
        softDelete: true,
        unique: names.map((name) => [`new_${name}`]),
        index: names.map((name) => [`new_${name}`]),
      },
      'new_',
    ),
    renames: names.map((name) => `thing.${name}=new_${name}`),
    row,
  },
  { title: 'options that come', from: thing(texts), to: thing(texts, many), row: { a: 'x' } },
  {
    title: 'options that go',
    from: thing(texts, many),
    to: thing(texts),
    row: { a: 'x' },
    otherRows: true,
  },
  {
    title: 'options that change',
    from: thing(texts, many),
    to: thing(texts, few),
    row: { a: 'x' },
    otherRows: true,
  },
]
