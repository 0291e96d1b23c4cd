import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import {
  bigint,
  createTableSql,
  decimal,
  entity,
  json,
  migrationForAll,
  money,
  ref,
  timestamp,
  withoutPii,
} from './index.ts'
import { category, product, sampler } from './sample.fixture.ts'

const refused: readonly (readonly [string, z.core.$ZodType, RegExp])[] = [
  ['int', z.int(), /z\.int32\(\), money\(\) or bigint\(\)/],
  ['number().int', z.number().int(), /whole numbers have a size/],
  ['uint32', z.uint32(), /whole numbers have a size/],
  ['date', z.date(), /timestamp\(\) or z\.iso\.date\(\)/],
  ['bigint', z.bigint(), /say bigint\(\)/],
  ['datetime', z.iso.datetime(), /say timestamp\(\)/],
  ['guid', z.guid(), /say z\.uuid\(\)/],
  ['transform', z.string().transform(Number), /transform\(\) is refused/],
  ['pipe', z.string().pipe(z.string()), /pipe\(\) is refused/],
  [
    'codec',
    z.codec(z.string(), z.string(), { decode: String, encode: String }),
    /codec\(\) is refused/,
  ],
  ['preprocess', z.preprocess(String, z.string()), /preprocess\(\) is refused/],
  ['coerce', z.coerce.number(), /coerce takes what it should refuse/],
  ['coerced text', z.coerce.string(), /coerce takes what it should refuse/],
  ['catch', z.string().catch(''), /catch\(\) hides bad input/],
  ['lazy', z.lazy(() => z.string()), /say json\(schema\)/],
  ['union', z.union([z.string(), z.boolean()]), /z\.enum\(\) or json\(schema\)/],
  ['literal', z.literal('a'), /z\.enum/],
  ['object', z.object({ a: z.string() }), /json\(z\.object/],
  ['list of numbers', z.array(z.int32()), /a list holds texts only/],
  ['list of references', z.array(ref('category')), /references to many are an entity of their own/],
  ['list of amounts', z.array(money()), /a list holds texts only/],
  ['list of moments', z.array(timestamp()), /a list holds texts only/],
  ['numeric enum', z.enum({ one: 1 }), /an enum holds texts only/],
  ['prefault', z.string().prefault('x'), /say default\(\)/],
  ['any', z.any(), /any value at all is JSON; say json\(schema\)/],
  ['json of dates', z.record(z.string(), z.date()), /must describe plain JSON/],
  ['wrapped', z.date().nullable().optional(), /timestamp\(\)/],
  ['bad default', z.string().max(2).default('long'), /default does not satisfy/],
  ['set null on NOT NULL', ref('category', { onDelete: 'set null' }), /needs a nullable/],
  ['a reference to no name', ref('No Such'), /ref\("No Such"\) takes the name of an entity/],
  ['unknown', z.unknown(), /any value at all is JSON; say json\(schema\)/],
  ['tuple', z.tuple([z.string()]), /say json\(z\.tuple/],
  ['map', z.map(z.string(), z.string()), /a map is not JSON/],
  ['set', z.set(z.string()), /a set is not JSON; say z\.array/],
  ['template literal', z.templateLiteral(['a', z.string()]), /say z\.string\(\) with a regex/],
  ['readonly', z.string().readonly(), /readonly\(\) does nothing to a row/],
  ['nonoptional', z.string().optional().nonoptional(), /nonoptional\(\) undoes a wrapper/],
  ['float32', z.float32(), /say z\.number\(\)/],
  ['int64', z.int64(), /say bigint\(\)/],
  ['time', z.iso.time(), /a text of format "time" is refused/],
  ['duration', z.iso.duration(), /a text of format "duration" is refused/],
  ['stringbool', z.stringbool(), /codec\(\) is refused/],
  ['coerced date', z.coerce.date(), /coerce takes what it should refuse/],
  ['discriminated union', z.discriminatedUnion('a', [z.object({ a: z.literal('x') })]), /a union/],
  ['empty enum', z.enum([]), /an enum holds texts only, at least one/],
  ['an enum of no text', z.enum(['fine', 'a\0b']), /the text "a\\u0000b" of its enum has a charac/],
  ['a default that changes', z.uuid().default(() => newId()), /another one each time; say 'now'/],
  ...(
    [
      ['null', z.null()],
      ['undefined', z.undefined()],
      ['void', z.void()],
      ['never', z.never()],
      ['nan', z.nan()],
      ['symbol', z.symbol()],
      ['file', z.file()],
      ['promise', z.promise(z.string())],
      ['function', z.function()],
      ['success', z.success(z.string())],
      ['custom', z.custom(() => true)],
      ['intersection', z.intersection(z.string(), z.string())],
    ] as const
  ).map(
    ([name, schema]) =>
      [
        name,
        schema,
        new RegExp(`z\\.${name}\\(\\) cannot be a column; a column is a text`),
      ] as const,
  ),
]

for (const [title, schema, reason] of refused) {
  test(`a field is refused in one sentence that names it: ${title}`, () => {
    assert.throws(
      () => entity('product', { spot: schema as z.ZodType }),
      (error) => {
        assert.ok(error instanceof TypeError)
        assert.match(error.message, /^entity "product", field "spot": [^\n]+$/)
        assert.match(error.message, reason)
        return true
      },
    )
  })
}

test('HI-24 names keep to one grammar', () => {
  const names = [
    '../../x',
    '/etc/x',
    'C:\\x',
    'a\0b',
    '__proto__',
    '$(id)',
    ';id',
    '`x`',
    'a\nb',
    'é',
  ]
  for (const name of [...names, '', '-x', '.x', 'A', 'constructor', 'x'.repeat(41)]) {
    assert.throws(() => entity(name, {}), TypeError, name)
    assert.throws(() => entity('x', Object.fromEntries([[name, z.string()]])), TypeError, name)
  }
  for (const base of ['id', 'tenant_id', 'created_at', 'updated_at', 'version']) {
    assert.throws(() => entity('x', { [base]: z.string() }), /has this column by itself/)
  }
  for (const system of ['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']) {
    assert.throws(
      () => entity('x', { [system]: z.string() }),
      new RegExp(`entity "x", field "${system}": PostgreSQL keeps this name for itself`),
    )
  }
})

const legacy = { schema: 'public', name: 'orders', migrated: 'elsewhere' } as const

test('what is no schema at all is refused like one that cannot be', () => {
  for (const [given, reason] of [
    ['text', /it is no schema/],
    [undefined, /it is no schema/],
    [z.string, /it is a function; call it/],
  ] as const) {
    const shape: Record<string, z.ZodType> = JSON.parse('{}')
    Object.assign(shape, { spot: given })
    assert.throws(() => entity('product', shape), reason)
  }
})

test('a length that no column can have leaves the column without one', () => {
  const { columns } = entity('x', { a: z.string().max(2.5), b: z.string().max(0) }).declaration
  assert.deepEqual(
    columns.map(({ sqlType }) => sqlType),
    ['text', 'text'],
  )
})

test('a table is made where all it refers to is known, and only here', () => {
  assert.throws(() => createTableSql(product), /refers to "category", which is not among/)
  assert.throws(() => createTableSql(entity('order', {}, { table: legacy })), /migrated elsewhere/)
  assert.throws(() => decimal(3, 4), /digits in all/)
})

test('personal data leaves a row that goes into an event or an export', () => {
  const person = entity(
    'contact',
    { email: z.string(), phone: z.string().nullable() },
    {
      pii: ['email', 'phone'],
    },
  )
  const row = { id: 1, email: 'ana@example.test', phone: null }
  assert.deepEqual(withoutPii(person, row), { id: 1, email: '[personal]', phone: null })
  assert.deepEqual(withoutPii(person, { id: 1 }), { id: 1 })
  assert.equal(row.email, 'ana@example.test')
  assert.deepEqual(
    person.declaration.columns.map(({ pii }) => pii),
    [true, true],
  )
})

const draft = { sku: 'ABC-1', name: ' Lamp ', price: 1999, category_id: null }

test('a migration of several entities creates what is referred to first', () => {
  const { up, down } = migrationForAll([product, category])
  assert.ok(up.indexOf('create table app.categories') < up.indexOf('create table app.products'))
  assert.equal(down, 'drop table app.products;\ndrop table app.categories;\n')
  const [a, b] = [
    entity('a', { b: ref('b') }),
    entity('b', { a: ref('a'), self: ref('b').nullable() }),
  ]
  assert.throws(() => migrationForAll([a, b]), /refer to each other in a circle: a, b/)
})

test('create: defaults and nulls are filled in, checks are kept, nothing else is taken', () => {
  assert.deepEqual(product.create.parse(draft), { ...draft, name: 'Lamp', stock: 0, note: null })
  for (const unknown of [{ cost: 1 }, { status: 'live' }, { id: 'x' }, { tenant_id: 'x' }]) {
    assert.equal(product.create.safeParse({ ...draft, ...unknown }).success, false)
  }
})

test('patch: a field that is not named stays away, defaults included', () => {
  assert.deepEqual(product.patch.parse({}), {})
  assert.deepEqual(product.patch.parse({ name: ' x ' }), { name: 'x' })
  assert.deepEqual(product.patch.parse({ note: null }), { note: null })
  for (const bad of [{ name: null }, { status: 'live' }, { stock: undefined }, { version: 2 }]) {
    assert.equal(product.patch.safeParse(bad).success, false, JSON.stringify(bad))
  }
})

const { shape } = sampler.patch as z.ZodObject
const takes = (field: string, value: unknown) => shape[field]?.safeParse(value).success

test('HI-19 no text that PostgreSQL or a log cannot hold', () => {
  const bad = ['a\0b', '\u0001', '\u001b[31m', '\ud800', 'x\udc00y', '\u0008']
  for (const text of bad) {
    assert.equal(takes('words', text), false)
    assert.equal(takes('tags', [text]), false)
    assert.equal(takes('labels', { a: text }), false)
    assert.equal(takes('labels', { [text]: 'a' }), false)
    assert.equal(takes('extra', { a: 1, b: ['fine', text] }), false)
  }
  for (const text of ['', 'tab\t line\n return\r', '😀', 'é'])
    assert.equal(takes('words', text), true)
})

test('HI-13 HI-20 numbers, moments, dates and UUIDs keep to what their column holds', () => {
  const rows: readonly (readonly [string, readonly unknown[], readonly unknown[]])[] = [
    [
      'count',
      [0, -1, 2 ** 31 - 1, -(2 ** 31)],
      [2 ** 31, -(2 ** 31) - 1, 1.5, '1', null, Number.NaN],
    ],
    ['amount', [0, 2 ** 53 - 1, -(2 ** 53) + 1], [2 ** 53, 0.1, '1']],
    ['ratio', [0.1, -0, 1e308], [Number.POSITIVE_INFINITY, Number.NaN, '1']],
    [
      'huge',
      ['0', '9223372036854775807', '-9223372036854775808'],
      ['9223372036854775808', '01', '-0', '1e3', 1, ''],
    ],
    ['rate', ['0', '-1.5', '999999.999'], ['1000000', '1.2345', '.5', '1.', '1e3', '+1', 'NaN']],
    [
      'day',
      ['0001-01-01', '9999-12-31', '2024-02-29'],
      ['0000-01-01', '275760-01-01', '2023-02-29', '2024-1-1', ''],
    ],
    [
      'moment',
      ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.678901+14:00'],
      [
        '2026-01-02',
        '0000-12-31T23:59:59Z',
        '9999-12-31T23:59:59-00:01',
        '2026-01-02T24:00:00Z',
        '2026-01-02T03:04:05',
        '2026-01-02T03:04:05 UTC',
      ],
    ],
    [
      'token',
      ['0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'],
      [
        '0192F0C1-8A3E-7C4D-9B1A-2F6D5E8C7B10',
        '{0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10}',
        '0192f0c18a3e7c4d9b1a2f6d5e8c7b10',
        'urn:uuid:0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10',
      ],
    ],
  ]
  for (const [field, good, bad] of rows) {
    for (const value of good) assert.equal(takes(field, value), true, `${field} takes ${value}`)
    for (const value of bad) assert.equal(takes(field, value), false, `${field} refuses ${value}`)
  }
})

test('D3 one fault of a value is told once, in words that fit it', () => {
  const form = entity('form', {
    title: z.string().trim().max(5),
    at: timestamp(),
    rate: decimal(9, 3),
  })
  const wrong = form.create.safeParse({
    title: 'too long',
    at: '2026-06-30T23:59:60Z',
    rate: '1.2345',
  })
  assert.deepEqual(
    wrong.error?.issues.map(({ message }) => message),
    [
      'Too big: expected string to have <=5 characters',
      'Must be a moment such as 2026-01-02T03:04:05.678Z',
      'Must be a decimal number with at most 6 digits before the point and 3 after it',
    ],
  )
})

test('one text form for what has several', () => {
  assert.equal(shape['moment']?.parse('2026-01-02T05:04:05+02:00'), '2026-01-02T03:04:05.000Z')
  assert.equal(shape['rate']?.parse('-0'), '0.000')
  assert.equal(shape['rate']?.parse('12.5'), '12.500')
  assert.equal(shape['code']?.safeParse('ß'.repeat(12)).success, false)
})

test('permissions and presentation follow from the declaration', () => {
  assert.equal(product.can.update.permission, 'product:update')
  assert.ok('in_stock' in product.shown.shape && !('cost' in product.shown.shape))
  const schema = z.toJSONSchema(z.object({ product: product.shown, all: sampler.shown }), {
    target: 'draft-7',
    io: 'output',
  })
  assert.match(JSON.stringify(schema), /"description":"Shown on the invoice"/)
})

test('the schema of an identifier says of which entity it is, by being no other one’s', () => {
  assert.notEqual(product.id, category.id)
  for (const { id } of [product, category])
    assert.partialDeepStrictEqual(z.toJSONSchema(id), { type: 'string', format: 'uuid' })
})

test('marks survive what Zod does to a schema', () => {
  const { declaration } = entity('x', {
    a: money().min(1).describe('A').refine(Boolean),
    b: bigint().describe('B').nullable(),
    c: timestamp().default('now').nullable(),
    d: json(z.object({ a: z.string() }))
      .refine(Boolean)
      .optional(),
  })
  assert.deepEqual(
    declaration.columns.map(({ kind, nullable }) => [kind.name, nullable]),
    [
      ['money', false],
      ['bigint', true],
      ['timestamp', true],
      ['json', true],
    ],
  )
})
