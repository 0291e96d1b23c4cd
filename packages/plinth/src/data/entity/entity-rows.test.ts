import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import type { AppError, Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { catalogueFaults } from '../catalogue/catalogue-faults.ts'
import type { Db } from '../db.ts'
import { declarationFaults } from './index.ts'
import { assertPatch } from './patch.fixture.ts'
import { category, product, sampler, samplesSql } from './sample.fixture.ts'
import { sampleEdges, sampleField, sampleRow, sampleValues } from './sample-values.fixture.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let db: Db
let other: Db

before(async () => {
  database = await openTestDatabase({ sql: samplesSql })
  db = database.database.forTenant(newId<'tenant'>())
  other = database.database.forTenant(newId<'tenant'>())
})
after(() => database[Symbol.asyncDispose]())

let numbers = 0
const draft = () => {
  numbers += 1
  return { sku: `SKU-${numbers}`, name: 'Lamp', price: 1999, category_id: null }
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  const failed = await work.then(
    () => assert.fail('it was not refused'),
    (error: AppError) => error,
  )
  return failed
}

test('the declaration is the live table, and the wall between tenants stands', async () => {
  assert.deepEqual(await declarationFaults(db, [category, product, sampler]), [])
  assert.deepEqual(await catalogueFaults(db), [])
})

test('every kind comes back as it went in; a patch of one field changes it, updated_at and version only', async () => {
  assert.deepEqual(
    Object.keys(sampleValues),
    sampler.declaration.columns.map(({ name }) => name),
  )
  const property = fc.asyncProperty(sampleRow, sampleRow, sampleField, (first, second, field) =>
    assertPatch(db, [first, second], field),
  )
  await fc.assert(property, { numRuns: 60 })
})

test('FI-31 what is born now is born by the clock of the service', async () => {
  const moment = '2031-02-03T04:05:06.789Z'
  const slow = { ...db, clock: { now: () => Date.parse(moment), monotonic: () => 0 } } as Db
  const [{ born: _, ...usual } = {}] = fc.sample(sampleRow, { numRuns: 1, seed: 7 })
  const [one] = await sampler.insertMany(slow, [usual as Parameters<typeof sampler.insert>[1]])
  const other = await sampler.insert(slow, usual as Parameters<typeof sampler.insert>[1])
  assert.deepEqual([one?.born, other.born], [moment, moment])
})

test('the first and the last value of each kind come back, and null where it may stand', async () => {
  const [usual] = fc.sample(sampleRow, { numRuns: 1, seed: 7 })
  assert.ok(usual)
  const { id } = await sampler.insert(db, usual)
  assert.deepEqual(Object.keys(sampleEdges), Object.keys(sampleValues))
  for (const [field, edges] of Object.entries(sampleEdges)) {
    for (const edge of edges) {
      const changed = await sampler.update(db, id, { [field]: edge })
      assert.deepEqual(Reflect.get(changed, field), edge, field)
    }
    const column = sampler.declaration.columns.find(({ name }) => name === field)
    assert.equal(edges.includes(null), column?.nullable, `${field} and null`)
  }
  const defaults = await sampler.insert(db, without(usual, DEFAULTED))
  assert.deepEqual(
    [defaults.maybe, defaults.absent, defaults.either, defaults.counted, defaults.unset],
    [usual.maybe, null, null, 7, null],
  )
  assert.deepEqual([defaults.filed, defaults.tagged], [{}, ['new']])
})

const DEFAULTED = ['absent', 'either', 'counted', 'unset', 'filed', 'tagged', 'born', 'handle']

function without<T extends object>(row: T, names: readonly string[]): T {
  const left: T = { ...row }
  for (const name of names) Reflect.deleteProperty(left, name)
  return left
}

const SYMBOLS: { readonly [operator: string]: string } = {
  eq: '=',
  ne: '<>',
  in: '=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
}

test('a filter may ask just what the live server answers by index below a policy', async () => {
  for (const { name, sqlType, operators, sortable } of sampler.declaration.columns) {
    const type = sqlType.replace(/^character varying.*/, 'text').replace(/\(.*?\)/, '')
    const operand = type === 'text[]' ? 'anyarray' : type
    const { rows } = await db.query<{ symbol: string; leakproof: boolean }>(
      `select o.oprname as symbol, p.proleakproof as leakproof
         from pg_operator o join pg_proc p on p.oid = o.oprcode
        where o.oprleft = $1::regtype and o.oprright = $1::regtype and o.oprname = any($2)`,
      [operand, Object.values(SYMBOLS)],
    )
    const leakproof = new Set(rows.flatMap((row) => (row.leakproof ? row.symbol : [])))
    for (const operator of operators.filter((one) => one !== 'null')) {
      assert.ok(leakproof.has(SYMBOLS[operator] ?? ''), `${name} ${operator}`)
    }
    assert.equal(leakproof.has('<'), sortable, `${name} sorts`)
  }
})

test('defaults: in the declaration and in the table they are the same', async () => {
  const { rows } = await db.query<{ filed: object; tagged: string[]; counted: number }>(
    `insert into app.samplers (id, words, code, count, amount, huge, rate, ratio, done, day, moment, token, colour, extra, labels, tags)
     values ($1, '', '', 0, 0, 0, 0, 0, true, now(), now(), $1, 'red', '{}', '{}', '{}') returning *`,
    [newId()],
  )
  const { filed, tagged, counted } = rows[0] ?? {}
  assert.deepEqual({ filed, tagged, counted }, { filed: {}, tagged: ['new'], counted: 7 })
})

test('TN-31 a broken constraint is named by its field', async () => {
  const first = await product.insert(db, draft())
  const taken = await refusal(product.insert(db, { ...draft(), sku: first.sku }))
  assert.deepEqual([taken.status, taken.details[0]?.path], [409, 'body/sku'])
  const second = await product.insert(db, draft())
  assert.equal((await refusal(product.update(db, second.id, { sku: first.sku }))).status, 409)
  const cheap = await refusal(product.update(db, first.id, { cost: first.price + 1 }))
  assert.deepEqual([cheap.status, cheap.details[0]?.path], [422, 'body'])
  assert.match(cheap.details[0]?.message ?? '', /^Breaks the rule sold_above_cost$/)
  await product.insert(other, { ...draft(), sku: first.sku })
})

test('TN-33 a reference stays within the tenant, and keeps what it points at', async () => {
  const lamps = await category.insert(db, { name: 'Lamps' })
  await product.insert(db, { ...draft(), category_id: lamps.id })
  const [unknown, foreign] = [
    await refusal(product.insert(other, { ...draft(), category_id: newId<'category'>() })),
    await refusal(product.insert(other, { ...draft(), category_id: lamps.id })),
  ]
  assert.deepEqual([unknown.status, unknown.details], [422, foreign.details])
  assert.equal(unknown.details[0]?.path, 'body/category_id')
  assert.equal((await refusal(category.remove(db, lamps.id))).code, 'entity.in_use')
})

test('another tenant’s row is as unknown as none', async () => {
  const { id } = await product.insert(db, draft())
  for (const missing of [id, newId<'product'>()]) {
    assert.equal(await product.find(other, missing), undefined)
    for (const work of [
      () => product.get(other, missing),
      () => product.update(other, missing, { name: 'x' }),
      () => product.update(other, missing, { status: 'live' }),
      () => product.update(other, missing, {}),
      () => product.remove(other, missing),
      () => product.remove(other, missing, { version: 1 }),
    ]) {
      assert.equal((await refusal(work())).code, 'entity.not_found')
    }
  }
  assert.equal((await product.get(db, id)).version, 1)
})

test('a change of an old version is refused, whoever bumped it', async () => {
  const { id } = await product.insert(db, draft())
  await db.query('update app.products set stock = 3 where id = $1', [id])
  assert.equal(
    (await refusal(product.update(db, id, { name: 'x' }, { version: 1 }))).code,
    'entity.stale',
  )
  assert.equal((await refusal(product.update(db, id, {}, { version: 1 }))).code, 'entity.stale')
  assert.equal((await refusal(product.remove(db, id, { version: 1 }))).code, 'entity.stale')
  assert.equal((await product.update(db, id, { name: 'x' }, { version: 2 })).version, 3)
  await product.remove(db, id, { version: 3 })
  assert.equal(await product.find(db, id), undefined)
})

test('rules look at the whole row, also when a change names half of it', async () => {
  const { id } = await product.insert(db, draft())
  const broken = await refusal(product.update(db, id, { status: 'live' }))
  assert.deepEqual(broken.details, [
    { path: 'body/stock', message: 'A live product needs stock', code: 'rule' },
  ])
  await product.update(db, id, { stock: 1 })
  await product.update(db, id, { status: 'live' })
  assert.equal((await refusal(product.update(db, id, { stock: 0 }))).status, 422)
  const many = await Promise.all(
    Array.from({ length: 4 }, (_, at) => product.update(db, id, { stock: at + 1 })),
  )
  assert.deepEqual(many.map(({ version }) => version).sort(), [4, 5, 6, 7])
})

test('a rule holds whoever writes between the look at a row and its change', async () => {
  const { id } = await product.insert(db, { ...draft(), stock: 1 })
  let between = 0
  const watched = {
    ...db,
    query: async (text: string, values?: readonly unknown[]) => {
      const found = await db.query(text, values)
      if (text.startsWith('select') && between === 0) {
        between += 1
        await product.update(db, id, { stock: 0 })
      }
      return found
    },
  } as Db
  const broken = await refusal(product.update(watched, id, { status: 'live' }))
  assert.deepEqual([broken.status, broken.details[0]?.path, between], [422, 'body/stock', 1])
  const { status, stock } = await product.get(db, id)
  assert.deepEqual([status, stock], ['draft', 0])
})

test('code is held to the schemas too', async () => {
  const bad = await refusal(product.insert(db, { ...draft(), name: 'a\0b' }))
  assert.deepEqual([bad.code, bad.details[0]?.path], ['entity.invalid', 'body/name'])
  assert.equal((await refusal(product.insert(db, { ...draft(), price: 2 ** 53 }))).status, 422)
})

test('HI-23 TN-52 a list is walked by cursor: every row once, and no cursor but its own', async () => {
  const tenant = database.database.forTenant(newId<'tenant'>())
  await tenant.transaction(async (tx) => {
    for (let at = 0; at < 7; at += 1) await product.insert(tx, draft())
  })
  const seen: Id<'product'>[] = []
  let cursor: string | null | undefined
  do {
    const page = await product.list(tenant, { limit: 3, ...(cursor && { cursor }) })
    assert.equal(page.total, null)
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  } while (cursor !== null)
  assert.equal(new Set(seen).size, 7)
  assert.deepEqual(seen, [...seen].sort().reverse())
  const all = await product.list(tenant, { count: 'exact', limit: 2, offset: 6 })
  assert.deepEqual([all.total, all.items.length, all.nextCursor], [7, 1, null])
  const { nextCursor } = await product.list(tenant, { limit: 1 })
  const foreign = await refusal(product.list(other, { cursor: nextCursor ?? '' }))
  assert.equal(foreign.code, 'entity.cursor_invalid')
  const forged = (text: string) => Buffer.from(text).toString('base64url')
  const junk = [
    '',
    'x',
    '../',
    "' or 1=1 --",
    forged('2026-01-01T00:00:00.000Z x'),
    forged(`2026-99-01T00:00:00.000Z ${newId()}`),
    `${nextCursor}=`,
  ]
  for (const text of junk) {
    assert.equal(
      (await refusal(product.list(tenant, { cursor: text }))).code,
      'entity.cursor_invalid',
      text,
    )
  }
})

test('what is written beside a new row commits with it', async () => {
  const beside = (id: Id<'product'>) => [
    { text: 'insert into app.categories (id, name) values ($1, $2)', values: [id, `beside ${id}`] },
  ]
  const { id } = await product.insert(db, draft(), beside)
  const lost = draft()
  await refusal(product.insert(db, { ...lost, cost: 5_000 }, beside))
  const { rows } = await db.query("select id from app.categories where name like 'beside %'")
  assert.deepEqual(rows, [{ id }])
})

test('the catalogue check sees what a migration forgot', async () => {
  const { Client } = await import('pg')
  const owner = new Client(database.ownerUrl)
  await owner.connect()
  await owner.query(`
    begin;
    alter table app.products no force row level security, drop constraint products_status_check,
      add constraint products_status_check check (status in ('draft', 'live')),
      alter column name type text, alter stock drop default, add column extra text;
    drop index app.products_category_id_idx`)
  const faults = await declarationFaults(
    {
      async query<R>(sql: string, values: readonly unknown[] = []) {
        const { rows, rowCount } = await owner.query(sql, [...values])
        return { rows: rows as R[], rowCount: rowCount ?? 0 }
      },
    },
    [category, product],
  )
  await owner.query('rollback')
  await owner.end()
  const expected = [
    /column name is "text not null"/,
    /column extra is not declared/,
    /column stock should have a default/,
    /products_status_check is/,
    /products_category_id_idx is missing/,
    /row-level security/,
  ]
  for (const fault of expected)
    assert.ok(
      faults.some((text) => fault.test(text)),
      `${fault} in ${faults.join('\n')}`,
    )
  assert.equal(faults.length, expected.length, faults.join('\n'))
})
