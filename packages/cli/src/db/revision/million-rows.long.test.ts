import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { entity, migrate, money, onConnection, ref } from 'plinth/data'
import type { TestDatabase } from 'plinth/testing'
import { openTestDatabase } from 'plinth/testing'
import { z } from 'zod'
import type { Declared } from './declared-sql.ts'
import { revise } from './revise.ts'

const ROWS = 1_000_000
const TENANT = '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'
const log = { info() {}, warn() {}, error() {} }

const fields = { name: z.string().max(100), price: money(), stock: z.int32().nullable() }
const now = entity('product', fields)
const category = entity('category', { name: z.string() })
const next = entity(
  'product',
  {
    name: z.string().max(200),
    cost: money(),
    stock: z.int32().default(0),
    status: z.enum(['draft', 'live']).default('draft'),
    category_id: ref('category').nullable(),
  },
  { index: [['name'], ['status', 'cost']] },
)

test('FI-45 a million rows get columns, keys and indexes, and no statement waits a second for a lock', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-million-'))
  await using db = await openTestDatabase()
  try {
    await bring(db, folder, { entities: [now] })
    await onConnection({ url: db.adminUrl }, (admin) =>
      admin.query(
        `insert into app.products (id, tenant_id, name, price, stock)
         select gen_random_uuid(), $1, 'Thing ' || n, n, n % 100 from generate_series(1, ${ROWS}) n`,
        [TENANT],
      ),
    )
    const stop = new AbortController()
    const traffic = [reading(db, stop.signal), writing(db, stop.signal), writing(db, stop.signal)]
    await bring(db, folder, { entities: [next, category], renames: ['product.price=cost'] })
    stop.abort()
    const answered = (await Promise.all(traffic)).reduce((sum, count) => sum + count, 0)
    assert.ok(answered > 0, 'there was traffic')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

async function bring(
  db: TestDatabase,
  folder: string,
  { entities, renames = [] }: { entities: readonly Declared[]; renames?: readonly string[] },
): Promise<void> {
  const { texts } = await revise({ folder, entities, message: 'more', renames }, () => true)
  for (const { name, up, down } of texts) {
    await writeFile(join(folder, `${name}.up.sql`), up)
    await writeFile(join(folder, `${name}.down.sql`), down)
  }
  await migrate({ url: db.ownerUrl, set: { folder }, log })
}

function reading(db: TestDatabase, signal: AbortSignal): Promise<number> {
  return traffic(db, signal, 'select id, name from app.products order by created_at, id limit 20')
}

/** In a random place each time: rows that a statement holds are not what this is about. */
function writing(db: TestDatabase, signal: AbortSignal): Promise<number> {
  const text = `update app.products set stock = 1
     where id = (select id from app.products where id > gen_random_uuid() order by id limit 1)`
  return traffic(db, signal, text)
}

/** A statement that waited a second for a lock fails, and the test with it. */
function traffic({ appUrl }: TestDatabase, signal: AbortSignal, text: string): Promise<number> {
  return onConnection({ url: appUrl }, async (app) => {
    await app.query("set lock_timeout = '1s'")
    let answered = 0
    while (!signal.aborted) {
      await app.query('begin')
      await app.query("select set_config('plinth.tenant_id', $1, true)", [TENANT])
      await app.query(text)
      await app.query('commit')
      answered += 1
    }
    return answered
  })
}
