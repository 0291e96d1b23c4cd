import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { newId } from '../../../kernel/index.ts'
import { openTestDatabase } from '../../../testing/database.ts'
import type { Db } from '../../db.ts'
import { category, product, sampler, samplesSql } from '../sample.fixture.ts'
import { query } from './query.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let db: Db

before(async () => {
  database = await openTestDatabase({ sql: samplesSql })
  db = database.database.forTenant(newId<'tenant'>())
  const lamps = await category.insert(db, { name: 'Lamps' })
  await product.insert(db, { sku: 'LAMP-1', name: 'Lamp', price: 1999, category_id: lamps.id })
  await product.insert(db, { sku: 'DESK-1', name: 'Desk', price: 9000, category_id: null })
})
after(() => database[Symbol.asyncDispose]())

test('a join reads by the kinds of its columns, whatever they are called', async () => {
  const rows = await query(db, product, category)
    .selectFrom('product as p')
    .leftJoin('category', 'category.id', 'p.category_id')
    .where('p.stock', '<', 5)
    .select(['p.name', 'p.price as amount', 'p.created_at', 'category.name as category'])
    .orderBy('p.price')
    .execute()
  assert.deepEqual(
    rows.map(({ created_at, ...row }) => row),
    [
      { name: 'Lamp', amount: 1999, category: 'Lamps' },
      { name: 'Desk', amount: 9000, category: null },
    ],
  )
  assert.match(rows[0]?.created_at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('subqueries and WITH keep the kinds', async () => {
  const q = query(db, product)
  const within = await q
    .with('cheap', (w) => w.selectFrom('product').selectAll().where('price', '<', 5_000))
    .selectFrom('cheap')
    .select(['cheap.price', 'sku'])
    .execute()
  assert.deepEqual(within, [{ price: 1999, sku: 'LAMP-1' }])
  const nested = await q
    .selectFrom((e) => e.selectFrom('product').select(['price as p', 'id']).as('inner'))
    .selectAll()
    .orderBy('p')
    .execute()
  assert.deepEqual(
    nested.map(({ p }) => p),
    [1999, 9000],
  )
})

test('writes: versions grow, values come back by kind, another tenant sees nothing', async () => {
  const id = newId<'product'>()
  const q = query(db, product)
  await q
    .insertInto('product')
    .values({ id, sku: 'CHAIR-1', name: 'Chair', price: 5, category_id: null })
    .execute()
  const changed = await q
    .updateTable('product')
    .set((e) => ({ stock: e('stock', '+', 2) }))
    .where('product.id', '=', id)
    .returning(['stock', 'product.version', 'price'])
    .executeTakeFirstOrThrow()
  assert.deepEqual(changed, { stock: 2, version: 2, price: 5 })
  const foreign = query(database.database.forTenant(newId<'tenant'>()), product)
  assert.deepEqual(await foreign.selectFrom('product').selectAll().execute(), [])
  const { numDeletedRows } = await foreign.deleteFrom('product').executeTakeFirst()
  assert.equal(numDeletedRows, 0n)
  await q.deleteFrom('product').where('product.id', '=', id).execute()
  assert.equal(await product.find(db, id), undefined)
})

test('json columns are written as JSON, lists as lists', async () => {
  const row = {
    words: 'w',
    code: 'C',
    count: 1,
    amount: 1,
    huge: '1',
    rate: '1.000',
    ratio: 1,
    done: true,
    day: '2026-01-02',
    moment: '2026-01-02T03:04:05.678Z',
    token: newId(),
    colour: 'red',
    extra: { a: 1, b: ['x'] },
    labels: { a: 'b' },
    tags: ['a', 'b'],
    maybe: null,
  } as const
  const id = newId<'sampler'>()
  const q = query(db, sampler)
  await q
    .insertInto('sampler')
    .values({ ...row, tags: [...row.tags], extra: { a: 1, b: ['x'] }, id })
    .execute()
  const read = await q.selectFrom('sampler').selectAll().executeTakeFirstOrThrow()
  assert.deepEqual({ ...read, ...row }, read)
  await q
    .updateTable('sampler')
    .set({ extra: { a: 2, b: [] }, tags: [] })
    .execute()
  const { extra, tags } = await sampler.get(db, id)
  assert.deepEqual({ extra, tags }, { extra: { a: 2, b: [] }, tags: [] })
})

test('inside a transaction it is part of it; raw SQL works too', async () => {
  const failed = db.transaction(async (tx) => {
    await query(tx, product).updateTable('product').set({ name: 'gone' }).execute()
    throw new Error('no')
  })
  await assert.rejects(failed, /no/)
  const { rows } = await sql<{
    n: number
  }>`select count(*)::int as n from app.products where name = 'gone'`.execute(query(db, product))
  assert.deepEqual(rows, [{ n: 0 }])
  const nested = query(db, product)
    .transaction()
    .execute(async () => undefined)
  await assert.rejects(nested, /db\.transaction/)
})

/** Never called: the compiler reads it. */
export async function mistakes(): Promise<void> {
  const q = query(db, product)
  // @ts-expect-error a query may only touch the entities it names
  await q.selectFrom('category').selectAll().execute()
  // @ts-expect-error the version is not set by hand
  await q.updateTable('product').set({ version: 3 }).execute()
  // @ts-expect-error no such status
  await q.updateTable('product').set({ status: 'gone' }).execute()
  // @ts-expect-error an id is needed
  await q.insertInto('product').values({ sku: 'x', name: 'x', price: 1 }).execute()
}
