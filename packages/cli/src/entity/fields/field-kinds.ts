import type { FieldImport } from './field.ts'
import { quoted } from './quote.ts'

/** One row of the closed list of what a field may be. */
export interface FieldKind {
  /** How it is spelled in `--help`. */
  readonly usage: string
  /** The schema, from what stands between the brackets. Throws a phrase that says what fits there. */
  readonly schema: (args: readonly string[]) => string
  readonly imports?: readonly FieldImport[]
  /** The default as code. Throws a phrase that says what fits. Left out where there is none. */
  readonly fallback?: (text: string, args: readonly string[]) => string
  /** Whether a value can be the only one of its kind in a tenant. */
  readonly unique: boolean
  /** Whether an index helps a list. */
  readonly index: boolean
  readonly search?: true
  readonly equalityOnly?: true
}

const fromData = (name: string): FieldImport[] => [{ from: 'plinth/data', name }]

/** Every kind by its name. */
export const fieldKinds: Readonly<Record<string, FieldKind>> = {
  string: {
    usage: 'string, string(80), string(3..40)',
    schema: (args) => {
      const { least = '1', most = '200' } = range(args, WHOLE, { alone: 'most' })
      return `z.string().trim().min(${least}).max(${most})`
    },
    fallback: quoted,
    unique: true,
    index: true,
    search: true,
  },
  text: {
    usage: 'text',
    schema: (args) => plain(args, 'z.string()'),
    fallback: quoted,
    unique: false,
    index: false,
    search: true,
  },
  int: {
    usage: 'int, int(0..), int(1..10)',
    schema: (args) => bounded('z.int32()', args),
    fallback: (text) => matching(text, INTEGER, 'a whole number'),
    unique: true,
    index: true,
  },
  money: {
    usage: 'money, money(0..)',
    schema: (args) => bounded('money()', args),
    imports: [{ from: 'plinth', name: 'money' }],
    fallback: (text) => matching(text, INTEGER, 'an amount in minor units, such as 1999'),
    unique: true,
    index: true,
  },
  bigint: {
    usage: 'bigint',
    schema: (args) => plain(args, 'bigint()'),
    imports: fromData('bigint'),
    fallback: (text) => quoted(matching(text, INTEGER, 'a whole number')),
    unique: true,
    index: true,
  },
  decimal: {
    usage: 'decimal(10,2)',
    schema: ([precision = '', scale = '', ...more]) => {
      if (!WHOLE.test(precision) || !WHOLE.test(scale) || more.length > 0)
        throw new TypeError('decimal takes digits in all and after the point: decimal(10,2)')
      return `decimal(${precision}, ${scale})`
    },
    imports: fromData('decimal'),
    fallback: (text, [, scale = '0']) =>
      quoted(padded(matching(text, DECIMAL, 'a number such as 1.50'), Number(scale))),
    unique: true,
    index: false,
  },
  float: {
    usage: 'float, float(0..1)',
    schema: (args) => bounded('z.number()', args, DECIMAL),
    fallback: (text) => matching(text, DECIMAL, 'a number such as 1.5'),
    unique: false,
    index: true,
  },
  bool: {
    usage: 'bool',
    schema: (args) => plain(args, 'z.boolean()'),
    fallback: (text) => matching(text, /^(true|false)$/, 'true or false'),
    unique: false,
    index: true,
    equalityOnly: true,
  },
  date: {
    usage: 'date',
    schema: (args) => plain(args, 'z.iso.date()'),
    fallback: (text) => quoted(matching(text, DAY, 'now, or a day such as 2026-01-31')),
    unique: true,
    index: true,
  },
  datetime: {
    usage: 'datetime',
    schema: (args) => plain(args, 'timestamp()'),
    imports: fromData('timestamp'),
    fallback: (text) =>
      quoted(matching(text, MOMENT, 'now, or a moment such as 2026-01-31T12:00:00.000Z')),
    unique: true,
    index: true,
  },
  uuid: {
    usage: 'uuid',
    schema: (args) => plain(args, 'z.uuid()'),
    fallback: (text) => quoted(matching(text, UUID, 'uuid (a new one each time), or a UUID')),
    unique: true,
    index: true,
    equalityOnly: true,
  },
  enum: {
    usage: 'enum(draft,live)',
    schema: (args) => {
      if (args.length === 0 || !args.every((value) => VALUE.test(value)))
        throw new TypeError('enum takes its values, letters, digits, _ and -: enum(draft,live)')
      if (new Set(args).size < args.length) throw new TypeError('enum names a value twice')
      return `z.enum([${args.map(quoted).join(', ')}])`
    },
    fallback: (text, args) => {
      if (args.includes(text)) return quoted(text)
      throw new TypeError(`one of ${args.join(', ')}`)
    },
    unique: false,
    index: true,
    equalityOnly: true,
  },
  json: {
    usage: 'json',
    schema: (args) => plain(args, 'z.record(z.string(), z.unknown())'),
    fallback: (text) => matching(text, /^\{\}$/, '{}'),
    unique: false,
    index: false,
  },
  list: {
    usage: 'list',
    schema: (args) => plain(args, 'z.array(z.string())'),
    fallback: (text) => matching(text, /^\[\]$/, '[]'),
    unique: false,
    index: false,
  },
  ref: {
    usage: 'ref(category), ref(category,cascade)',
    schema: ([to = '', rule, ...more]) => {
      if (!TARGET.test(to) || more.length > 0 || !(rule === undefined || DELETIONS.has(rule)))
        throw new TypeError(
          'ref takes an entity, and what its deletion does if not restrict: ref(category), ref(category,cascade) or ref(category,set null)',
        )
      return rule === undefined || rule === 'restrict'
        ? `ref('${to}')`
        : `ref('${to}', { onDelete: '${rule}' })`
    },
    imports: [{ from: 'plinth', name: 'ref' }],
    unique: true,
    // It has one by itself.
    index: false,
  },
}

/** Other spellings: those of the documents that Plinth follows, and what people type. */
export const KIND_ALIASES: Readonly<Record<string, string>> = {
  str: 'string',
  varchar: 'string',
  integer: 'int',
  number: 'float',
  double: 'float',
  boolean: 'bool',
  time: 'datetime',
  timestamp: 'datetime',
  reference: 'ref',
  strings: 'list',
  numeric: 'decimal',
}

const WHOLE = /^\d{1,9}$/
const INTEGER = /^-?(?:0|[1-9]\d{0,15})$/
const DECIMAL = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,15})?$/
const DAY = /^(?:now|\d{4}-\d\d-\d\d)$/
const MOMENT = /^(?:now|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/
const UUID = /^(?:uuid|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/
const VALUE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/
/** It stands between quotes in the declaration; whether there is such an entity is asked later. */
const TARGET = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/
const DELETIONS: ReadonlySet<string> = new Set(['restrict', 'cascade', 'set null'])

function plain(args: readonly string[], schema: string): string {
  if (args.length === 0) return schema
  throw new TypeError('this type takes nothing in brackets')
}

function bounded(schema: string, args: readonly string[], form = INTEGER): string {
  if (args.length === 0) return schema
  const { least, most } = range(args, form, {})
  return `${schema}${least === undefined ? '' : `.min(${least})`}${most === undefined ? '' : `.max(${most})`}`
}

/** `3..40`, `3..`, `..40`, or one number alone where that means something. */
function range(
  args: readonly string[],
  form: RegExp,
  { alone }: { readonly alone?: 'most' },
): { readonly least?: string; readonly most?: string } {
  if (args.length === 0) return {}
  const [text = '', ...more] = args
  const [least = '', most = least, ...rest] = text.split('..')
  const isAlone = !text.includes('..')
  const sound = [least, most].every((part) => part === '' || form.test(part))
  if (
    more.length + rest.length > 0 ||
    !sound ||
    text === '..' ||
    text === '' ||
    (isAlone && alone === undefined)
  )
    throw new TypeError('the range in brackets looks like 3..40, 3.. or ..40')
  if (isAlone) return { most }
  if (least !== '' && most !== '' && Number(least) > Number(most))
    throw new TypeError(`the range ${text} is empty`)
  return { ...(least !== '' && { least }), ...(most !== '' && { most }) }
}

function matching(text: string, form: RegExp, what: string): string {
  if (form.test(text)) return text
  throw new TypeError(what)
}

function padded(text: string, scale: number): string {
  const [whole = '0', fraction = ''] = text.split('.')
  return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0')}`
}
