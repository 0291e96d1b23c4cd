import assert from 'node:assert/strict'
import { after, suite, test } from 'node:test'
import type { Id } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { Database } from './index.ts'
import { ITEMS, someTenants } from './items.fixture.ts'
import { oneSync } from './wire/one-sync.ts'
import { plain } from './wire/plain.ts'
import type { Wire } from './wire/wire.ts'

const ways: readonly (readonly [string, Wire])[] = [
  ['one Sync, prepared', oneSync(true)],
  ['one Sync, unnamed', oneSync(false)],
  ['the plain way', plain(true)],
]

interface Item {
  readonly tenant_id: Id<'tenant'>
  readonly name: string
}

for (const [title, wire] of ways) {
  suite(title, async () => {
    const db = await openTestDatabase({
      sql: ITEMS,
      wires: [wire],
      settings: { pool_size: 6, max_overflow: 2 },
    })
    const { database } = db
    after(() => db[Symbol.asyncDispose]())

    test('TN-25 TN-26 TN-41 100 tenants at once, errors in between: no row of another', async () => {
      const tenants = someTenants(100)
      await Promise.all(tenants.map((tenant) => fill(database, tenant)))
      const work = Array.from({ length: 5 }, (_, round) =>
        tenants.map((tenant, at) => use(database, tenant, round + at)),
      )
      await Promise.all(work.flat())
      const { rows } = await database.platform.query('select * from app.item')
      assert.equal(rows.length, 0, 'no tenant set, no rows')
    })

    test('TN-45 1,000 alternating requests of two tenants, none mixed', async () => {
      const tenants = someTenants(2)
      await Promise.all(tenants.map((tenant) => fill(database, tenant)))
      const seen = await Promise.all(
        Array.from({ length: 1_000 }, async (_, at) => {
          const tenant = tenants[at % 2]
          assert.ok(tenant)
          const { rows } = await database.forTenant(tenant).query<Item>('select * from app.item')
          return rows.length === 3 && rows.every((row) => row.tenant_id === tenant)
        }),
      )
      assert.ok(seen.every((right) => right))
    })

    test('a unit stands or falls as one, and a value that cannot be sent sends nothing', async () => {
      const [tenant] = someTenants(1)
      assert.ok(tenant)
      const mine = database.forTenant(tenant)
      const insert = "insert into app.item (name) values ('half')"
      await assert.rejects(mine.batch([{ text: insert }, { text: 'select 1 / 0' }]))
      const loop: { self?: object } = {}
      loop.self = loop
      await assert.rejects(
        mine.batch([{ text: insert }, { text: 'select $1::jsonb', values: [loop] }]),
      )
      assert.equal((await mine.query('select from app.item')).rowCount, 0)
      const both = await mine.batch([{ text: insert }, { text: 'select name from app.item' }])
      assert.deepEqual(both[1]?.rows, [{ name: 'half' }])
    })

    test('a transaction that failed behind a BEGIN does not reach the next caller', async () => {
      const [tenant] = someTenants(1)
      assert.ok(tenant)
      const failing = [{ text: 'begin' }, { text: 'select 1 / 0' }]
      const failed = await Promise.allSettled(
        Array.from({ length: 10 }, () => database.forTenant(tenant).batch(failing)),
      )
      assert.ok(failed.every(({ status }) => status === 'rejected'))
      await Promise.all(Array.from({ length: 20 }, () => database.platform.query('select 1')))
    })

    test('a transaction left open by a statement does not reach the next caller', async () => {
      const [tenant] = someTenants(1)
      assert.ok(tenant)
      await fill(database, tenant)
      await Promise.allSettled(
        Array.from({ length: 10 }, () => database.forTenant(tenant).query('begin')),
      )
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => database.platform.query('select from app.item')),
      )
      assert.ok(answers.every(({ rowCount }) => rowCount === 0))
    })
  })
}

async function fill(database: Database, tenant: Id<'tenant'>): Promise<void> {
  await database
    .forTenant(tenant)
    .query("insert into app.item (name) select 'item ' || n from generate_series(1, 3) n")
}

/** One use of the database that may only ever see the tenant's own three rows. */
async function use(database: Database, tenant: Id<'tenant'>, kind: number): Promise<void> {
  const mine = database.forTenant(tenant)
  const own = (rows: readonly Item[]): void => {
    assert.equal(rows.length, 3)
    for (const row of rows) assert.equal(row.tenant_id, tenant)
  }
  const read = `select *, ${kind % 7} as kind from app.item`
  const uses = [
    async () => own((await mine.query<Item>(read)).rows),
    async () =>
      own((await mine.query<Item>('with a as (select * from app.item) select * from a')).rows),
    async () => {
      const { rows } = await mine.query<{ n: string }>('select count(*) as n from app.item')
      assert.equal(rows[0]?.n, '3')
    },
    () => assert.rejects(mine.query('select 1 / $1::int', [0])),
    () => assert.rejects(mine.query('select no_such_column from app.item')),
    () => assert.rejects(mine.query("insert into app.item (name) values ('forbidden')")),
    () =>
      mine.transaction(async (tx) => {
        own((await tx.query<Item>(read)).rows)
        own((await tx.query<Item>('update app.item set amount = amount + 1 returning *')).rows)
      }),
    () =>
      assert.rejects(
        mine.transaction(async (tx) => {
          await tx.query('delete from app.item')
          throw new Error('on purpose')
        }),
        /on purpose/,
      ),
    async () => {
      const { rows } = await database.platform.query('select * from app.item')
      assert.equal(rows.length, 0)
    },
  ]
  await uses[kind % uses.length]?.()
}
