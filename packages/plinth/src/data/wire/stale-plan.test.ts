import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { Client } from 'pg'
import type { Id } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import type { Db } from '../index.ts'
import { ITEMS, someTenants } from '../items.fixture.ts'
import { oneSync } from './one-sync.ts'
import { plain } from './plain.ts'
import type { Wire } from './wire.ts'

const ways: readonly (readonly [string, Wire])[] = [
  ['one Sync', oneSync(true)],
  ['the plain way', plain(true)],
]

const ALL = 'select * from app.item'
const INSERT = 'insert into app.item (name) values (gen_random_uuid()::text)'

for (const [title, wire] of ways) {
  suite(title, async () => {
    const one = { pool_size: 1, max_overflow: 0 }
    const db = await openTestDatabase({ sql: ITEMS, wires: [wire], settings: one })
    const mine: Db = db.database.forTenant(someTenants(1)[0] as Id<'tenant'>)
    const owner = new Client(db.ownerUrl)
    before(async () => {
      await owner.connect()
      await mine.query(INSERT)
    })
    after(async () => {
      await owner.end()
      await db[Symbol.asyncDispose]()
    })
    const first = (db: Db) => db.transaction((tx) => tx.query(ALL))
    const later = (db: Db, repeatable: boolean) =>
      db.transaction(
        async (tx) => {
          await tx.query(INSERT)
          return tx.query(ALL)
        },
        { repeatable },
      )

    test('FI-45 a migration fails no statement by itself, and no first one of a transaction', async () => {
      for (const read of [() => mine.query(ALL), () => first(mine)]) {
        await read()
        await owner.query('alter table app.item add column colour text')
        assert.ok('colour' in ((await read()).rows[0] ?? {}))
        await owner.query('alter table app.item drop column colour')
        assert.ok(!('colour' in ((await read()).rows[0] ?? {})))
      }
    })

    test('FI-45 a later statement of a transaction is a 409 once, and none where it may be repeated', async () => {
      await later(mine, false)
      await owner.query('alter table app.item alter column amount type numeric')
      await assert.rejects(later(mine, false), { code: 'data.contended' })
      assert.equal((await later(mine, false)).rowCount, 3)
      await owner.query('alter table app.item alter column amount type bigint')
      assert.equal((await later(mine, true)).rowCount, 4)
    })
  })
}
