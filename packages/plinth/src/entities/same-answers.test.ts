import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { AnyEntity } from '../data/index.ts'
import {
  bigint,
  decimal,
  entity,
  json,
  migrationForAll,
  money,
  ref,
  timestamp,
} from '../data/index.ts'
import { feature } from '../feature/index.ts'
import { serializerFor } from '../http/index.ts'
import { callHttp } from '../testing/call-http.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

/** A column of every kind but JSON, plain and such as may be null. */
const single = {
  words: z.string(),
  code: z.string().max(12),
  count: z.int32(),
  amount: money(),
  huge: bigint(),
  rate: decimal(9, 3),
  ratio: z.number(),
  done: z.boolean(),
  day: z.iso.date(),
  moment: timestamp(),
  token: z.uuid(),
  colour: z.enum(['red', "o'clock"]),
  tags: z.array(z.string()),
  maybe_words: z.string().nullish(),
  maybe_count: z.int32().nullish(),
  maybe_amount: money().nullish(),
  maybe_huge: bigint().nullish(),
  maybe_rate: decimal(9, 3).nullish(),
  maybe_ratio: z.number().nullish(),
  maybe_done: z.boolean().nullish(),
  maybe_day: z.iso.date().nullish(),
  maybe_moment: timestamp().nullish(),
  maybe_token: z.uuid().nullish(),
  maybe_colour: z.enum(['red', "o'clock"]).nullish(),
  maybe_tags: z.array(z.string()).nullish(),
}
const extra = json(z.object({ a: z.number(), b: z.array(z.string()).nullish() }))
const inside = {
  extra,
  maybe_extra: extra.nullish(),
  labels: z.record(z.string(), z.string()),
  maybe_labels: z.record(z.string(), z.string()).nullish(),
  kind: json(z.union([z.object({ x: z.int() }), z.object({ y: z.string() })])).nullish(),
}
const secret = { secret: z.string().default('never sent') }

const flat = entity('flat', single)
const covered = entity(
  'covered',
  { ...single, ...secret },
  { hidden: ['secret'], plural: 'covered' },
)
const nested = entity('nested', { ...single, ...inside }, { plural: 'nested' })
const whole = entity(
  'whole',
  { ...single, ...inside, ...secret },
  {
    hidden: ['secret'],
    softDelete: true,
    computed: {
      twice: [z.number(), (row) => row.count * 2],
      about: [z.object({ done: z.boolean() }).nullable(), (row) => (row.done ? row : null)],
    },
  },
)
const holder = entity('holder', {
  flat_id: ref('flat').nullish(),
  whole_id: ref('whole').nullish(),
  note: z.string().nullish(),
})

const text = fc
  .string({ unit: 'grapheme', maxLength: 12 })
  .filter((value) => !/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(value))
const moment = fc
  .date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())
const labels = fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true })
const extras = fc.record(
  { a: fc.integer(), b: fc.option(fc.array(text, { maxLength: 3 })) },
  { noNullPrototype: true },
)
const kinds = {
  words: text,
  count: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  amount: fc.maxSafeInteger(),
  huge: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  rate: fc.integer({ min: -999_999_999, max: 999_999_999 }).map((n) => (n / 1000).toFixed(3)),
  ratio: fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => n + 0),
  done: fc.boolean(),
  day: moment.map((value) => value.slice(0, 10)),
  moment,
  token: fc.uuid(),
  colour: fc.constantFrom('red', "o'clock"),
  // Together more than what is read as one text, now and then.
  tags: fc.array(fc.oneof(text, fc.constant('é'.repeat(500)), fc.constant('x'.repeat(900))), {
    maxLength: 3,
  }),
  extra: extras,
  labels: labels.filter((value) => !Object.hasOwn(value, '__proto__')),
}
const maybe = Object.fromEntries(
  Object.entries<fc.Arbitrary<unknown>>(kinds).map(
    ([name, value]): [string, fc.Arbitrary<unknown>] => [`maybe_${name}`, fc.option(value)],
  ),
)
const anyRow = fc.record(
  {
    ...kinds,
    ...maybe,
    code: fc.stringMatching(/^[A-Z0-9 ]{0,12}$/),
    kind: fc.option(fc.oneof(fc.record({ x: fc.integer() }), fc.record({ y: text }))),
    secret: fc.constant('never sent either'),
  },
  { noNullPrototype: true },
)
const SEED = 20_260_101

let world: CrudWorld
before(async () => {
  const entities = [flat, covered, nested, whole, holder]
  const holders = crud(holder, { expand: [flat, whole] })
  world = await openCrudWorld({
    sql: migrationForAll(entities).up,
    features: [
      feature('all', {
        entities,
        routes: [crud(flat), crud(covered), crud(nested), crud(whole), holders],
      }),
    ],
    who: { ana: { permissions: ['*'] } },
  })
})
after(() => world[Symbol.asyncDispose]())

async function answer(path: string): Promise<string> {
  const call = { method: 'GET', headers: { authorization: 'Bearer ana' } }
  const said = await callHttp(new URL(`${world.http.url}/api/v1/${path}`), call)
  assert.equal(said.status, 200, `${path}: ${said.text}`)
  assert.equal(said.headers.get('content-type'), 'application/json; charset=utf-8')
  return said.text
}

const db = () => world.database.database.forTenant(world.callers['ana']?.tenant as never)

/** The fields that an entity declares, of a row that may have more. */
function fieldsOf({ declaration: { columns } }: AnyEntity, row: object): Record<string, unknown> {
  const names = new Set(columns.map(({ name }) => name))
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.has(name)))
}

for (const one of [flat, covered, nested, whole] as readonly AnyEntity[]) {
  const path = one.plural
  const declared = serializerFor(one.shown)
  const every = Object.keys(one.shown.shape).join(',')

  test(`D3 GET /${path}: a list, one row and all fields asked for are the same bytes, as declared`, async () => {
    const property = fc.asyncProperty(
      fc.array(anyRow, { minLength: 1, maxLength: 4 }),
      async (rows) => {
        await world.admin.query(`truncate app.${one.declaration.table} cascade`)
        const given = rows.map((row) => fieldsOf(one, row))
        const made = await one.insertMany(db(), given)
        for (const [at, row] of made.entries()) {
          const { id, version, created_at, updated_at, deleted_at, ...fields } =
            row as never as object & Record<string, unknown>
          assert.deepEqual({ ...given[at], ...fields }, fields, 'what went in came back')
        }
        const texts = made
          .toSorted((a, b) => (a.id < b.id ? 1 : -1))
          .map((row) => declared(one.present(row)))
        for (const asked of ['', `&fields=${every}`]) {
          const list = await answer(`${path}?limit=100${asked}`)
          const rest = `"count":${texts.length},"limit":100,"offset":0,"total":null,"next_cursor":null`
          assert.equal(list, `{"items":[${texts.join(',')}],${rest}}`)
        }
        for (const said of texts) {
          const { id } = JSON.parse(said)
          assert.equal(await answer(`${path}/${id}`), said)
          assert.equal(await answer(`${path}/${id}?fields=${every}`), said)
        }
        assert.doesNotMatch(texts.join(), /never sent/)
      },
    )
    await fc.assert(property, { numRuns: 25, seed: SEED })
  })
}

test('D3 ?expand= shows what a reference names as its own route does', async () => {
  const property = fc.asyncProperty(anyRow, async (row) => {
    const [flat_id, whole_id] = await Promise.all(
      ([flat, whole] as readonly AnyEntity[]).map(
        async (one) => (await one.insert(db(), fieldsOf(one, row))).id,
      ),
    )
    const { id } = await holder.insert(db(), { flat_id, whole_id } as never)
    const expected = await Promise.all([answer(`flats/${flat_id}`), answer(`wholes/${whole_id}`)])
    for (const asked of ['expand=flat,whole', 'fields=note&expand=flat,whole']) {
      const said = await answer(`holders/${id}?${asked}`)
      assert.ok(said.endsWith(`"flat":${expected[0]},"whole":${expected[1]}}`), said)
      assert.ok((await answer(`holders?limit=1&${asked}`)).includes(said))
    }
  })
  await fc.assert(property, { numRuns: 15, seed: SEED })
})
