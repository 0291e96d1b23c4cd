import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import type { Id } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import type { PlatformTx, Tx } from '../index.ts'
import { ITEMS, someTenants } from '../items.fixture.ts'

const db = await openTestDatabase({ sql: ITEMS, settings: { pool_size: 2, max_overflow: 0 } })
after(() => db[Symbol.asyncDispose]())
const { database } = db
const [acme, evil] = someTenants(2) as [Id<'tenant'>, Id<'tenant'>]
const mine = database.forTenant(acme)
const names = async (tx: Pick<Tx, 'query'> = mine) =>
  (await tx.query<{ name: string }>('select name from app.item order by name')).rows.map(
    (row) => row.name,
  )
const insert = 'insert into app.item (name) values ($1)'

async function cost(work: () => Promise<unknown>): Promise<readonly [trips: number, said: number]> {
  const before = database.statistics
  await work()
  const now = database.statistics
  return [now.roundTrips - before.roundTrips, now.statements - before.statements]
}

test('what a use costs, exactly: one trip for a read, for a batch, and for the end of a transaction', async () => {
  await database.ping()
  assert.deepEqual(await cost(() => mine.query('select 1')), [1, 2])
  assert.deepEqual(
    await cost(() => mine.batch([{ text: 'select 1' }, { text: 'select 2' }])),
    [1, 3],
  )
  assert.deepEqual(await cost(() => database.platform.query('select 1')), [1, 1])
  assert.deepEqual(await cost(() => mine.transaction((tx) => tx.query('select 1'))), [2, 4])
  assert.deepEqual(await cost(() => mine.transaction(async () => 'nothing')), [0, 0])
})

test('TN-25 a transaction has begun, in its tenant, when its client is used first', async () => {
  const text =
    "select current_setting('plinth.tenant_id') as tenant, now() = $1::timestamptz as same"
  await mine.transaction(async ({ client, query }) => {
    const [{ rows: first }, { rows: second }] = await Promise.all([
      client.query(text, ['epoch']),
      query<{ now: string }>('select now()::text as now'),
    ])
    assert.deepEqual(first, [{ tenant: acme, same: false }])
    const { rows } = await client.query(text, [second[0]?.now])
    assert.deepEqual(rows, [{ tenant: acme, same: true }], 'one transaction, and its tenant')
  })
})

test('a transaction commits when its work resolves, and leaves nothing when it throws', async () => {
  await mine.transaction((tx) => tx.query(insert, ['kept']))
  await assert.rejects(
    mine.transaction(async (tx) => {
      await tx.query(insert, ['lost'])
      throw new Error('on purpose')
    }),
    /on purpose/,
  )
  assert.deepEqual(await names(), ['kept'])
})

test('a nested transaction fails by itself', async () => {
  await mine.transaction(async (tx) => {
    await tx.query(insert, ['outer'])
    const inner = tx.transaction(async (nested) => {
      await nested.query(insert, ['inner'])
      await nested.query(insert, ['forbidden'])
    })
    await assert.rejects(inner, { code: 'data.rule' })
    await tx.transaction((nested) => nested.query(insert, ['second']))
  })
  assert.deepEqual(await names(), ['kept', 'outer', 'second'])
})

test('an error that was caught does not become a commit of nothing', async () => {
  const swallowed = mine.transaction(async (tx) => {
    await tx.query(insert, ['half'])
    await tx.query('select 1 / 0').catch(() => undefined)
  })
  await assert.rejects(swallowed, /nothing was written/)
  assert.ok(!(await names()).includes('half'))
})

test('after a statement that failed its client hears its own answers', async () => {
  const rows = await mine.transaction(async ({ client, query }) => {
    await query('savepoint before')
    await assert.rejects(query('select 1 / 0'), /division by zero/)
    await client.query('rollback to savepoint before')
    return (await client.query('select 1 as n')).rows
  })
  assert.deepEqual(rows, [{ n: 1 }])
})

test('statements that a transaction sends at once run one after the other', async () => {
  await mine.transaction(async (tx) => {
    const answers = await Promise.all([1, 2, 3].map((n) => tx.query('select $1::int as n', [n])))
    assert.deepEqual(
      answers.map(({ rows }) => rows[0]),
      [{ n: 1 }, { n: 2 }, { n: 3 }],
    )
  })
})

test('TN-25 a transaction that is over reaches nobody, through no face of it', async () => {
  const kept: { tx?: Tx; client?: Tx['client']; query?: Tx['client']['query'] } = {}
  await mine.transaction(async (tx) => {
    kept.tx = tx
    kept.client = tx.client
    kept.query = tx.client.query
    assert.throws(() => Reflect.get(tx.client, 'release'), /not the borrower's to call/)
    assert.throws(() => Reflect.get(tx.client, 'end'), /not the borrower's to call/)
    const { rows } = await tx.client.query('select count(*)::int as n from app.item')
    assert.deepEqual(rows, [{ n: 3 }])
  })
  await assert.rejects(async () => kept.tx?.query('select 1'), /this transaction is over/)
  await assert.rejects(async () => kept.client?.query('select 1'), /this transaction is over/)
  await assert.rejects(async () => kept.query?.('select 1'), /this transaction is over/)
  const { client: unused } = await mine.transaction(async (tx) => tx)
  const nothing = await cost(async () => {
    assert.throws(() => unused.query, /this transaction is over/)
  })
  assert.deepEqual(nothing, [0, 0], 'what never began is not begun by whoever kept it')
})

test('TN-27 inTenant sets a tenant for its work only, and only its own transaction works meanwhile', async () => {
  await database.platform.transaction(async (platform) => {
    assert.deepEqual(await names(platform), [])
    const seen = await platform.inTenant(acme, async (tx) => {
      await assert.rejects(
        async () => platform.query('select 1'),
        /use the transaction that it hands/,
      )
      return names(tx)
    })
    assert.equal(seen.length, 3)
    assert.deepEqual(await names(platform), [])
    await assert.rejects(
      platform.transaction(async (nested: PlatformTx) =>
        nested.inTenant(evil, async (tx) => {
          await tx.query(insert, ['evil'])
          await tx.query('select 1 / 0')
        }),
      ),
    )
    assert.deepEqual(await names(platform), [])
    assert.deepEqual(await platform.inTenant(evil, (tx) => names(tx)), [])
  })
})

test('TN-27 who enters two tenants at once is refused the second, and sees no row of it as the first', async () => {
  await database.forTenant(evil).query(insert, ['theirs'])
  const seen: (readonly string[])[] = []
  const entered = await database.platform.transaction((platform) =>
    Promise.allSettled(
      [acme, evil].map((tenant) =>
        platform.inTenant(tenant, async (tx) => {
          await tx.query(insert, ['at once'])
          seen.push(await names(tx))
        }),
      ),
    ),
  )
  assert.deepEqual(
    entered.map(({ status }) => status),
    ['fulfilled', 'rejected'],
  )
  assert.deepEqual(seen, [['at once', 'kept', 'outer', 'second']])
  assert.deepEqual(await names(database.forTenant(evil)), ['theirs'])
  await mine.query("delete from app.item where name = 'at once'")
  await database.forTenant(evil).query('delete from app.item')
})

test('TN-27 a client speaks for the tenant that it was handed to, however it was kept', async () => {
  const kept: Tx['client'][] = []
  const count = 'select count(*)::int as n from app.item'
  await database.platform.transaction(async (platform) => {
    await platform.inTenant(acme, async ({ client }) => {
      kept.push(client)
      assert.deepEqual((await client.query(count)).rows, [{ n: 3 }])
      assert.throws(() => platform.client.query(count), /use the transaction that it hands/)
    })
    await platform.inTenant(evil, async ({ client }) => {
      assert.throws(() => kept[0]?.query(count), /use the transaction that it hands/)
      assert.deepEqual((await client.query(count)).rows, [{ n: 0 }])
    })
    assert.throws(() => kept[0]?.query(count), /use the transaction that it hands/)
    assert.deepEqual((await platform.client.query(count)).rows, [{ n: 0 }])
  })
})

test('TN-15 the system context enters one tenant at a time, and each use leaves its audit row', async () => {
  await database.platform.query(
    `insert into plinth.tenants (id, slug, name, kind, status) values
       ($1, 'acme', 'A', 'organisation', 'active'), ($2, 'evil', 'E', 'organisation', 'active'),
       (gen_random_uuid(), 'gone', 'G', 'organisation', 'suspended')`,
    [acme, evil],
  )
  const entered: Id<'tenant'>[] = []
  await database.system('nightly count').eachTenant(async (tx) => {
    entered.push(tx.tenant)
    assert.equal((await names(tx)).length, tx.tenant === acme ? 3 : 0)
  })
  assert.deepEqual(entered, [acme, evil].sort())
  const failing = database.system('repair').inTenant(acme, async () => {
    throw new Error('on purpose')
  })
  await assert.rejects(failing, /on purpose/)
  const { rows } = await mine.query(
    'select actor_kind, action, reason from plinth.audit_events order by occurred_at, id',
  )
  const row = { actor_kind: 'system', action: 'system.context' }
  assert.deepEqual(rows, [
    { ...row, reason: 'nightly count' },
    { ...row, reason: 'repair' },
  ])
})

test('TN-15 TN-59 a tenant that is shut while others are gone through is not entered, and no row says so', async () => {
  const entered: Id<'tenant'>[] = []
  const shut = "update plinth.tenants set status = 'suspended' where id <> $1 and status = 'active'"
  await database.system('long count').eachTenant(async (tx) => {
    entered.push(tx.tenant)
    if (entered.length === 1) await database.platform.query(shut, [tx.tenant])
  })
  const [first] = [acme, evil].toSorted()
  assert.deepEqual(entered, [first])
  const noted = "select count(*)::int as n from plinth.audit_events where reason = 'long count'"
  for (const tenant of [acme, evil]) {
    const { rows } = await database.forTenant(tenant).query(noted)
    assert.deepEqual(rows, [{ n: tenant === first ? 1 : 0 }])
  }
  await database.platform.query(
    "update plinth.tenants set status = 'active' where slug in ('acme', 'evil')",
  )
})

test('TN-15 nobody enters the system context without a reason', () => {
  for (const reason of ['', '  ', 'x'.repeat(257)]) {
    assert.throws(() => database.system(reason), /needs a reason/)
  }
})

test('a tenant is named in one form only', () => {
  for (const text of ['', 'acme', acme.toUpperCase(), `{${acme}}`]) {
    assert.throws(() => database.forTenant(text as Id<'tenant'>), /UUID in lower case/)
  }
})
