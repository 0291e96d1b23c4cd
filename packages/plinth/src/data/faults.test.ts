import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Client } from 'pg'
import { AppError } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { ITEMS, someTenants } from './items.fixture.ts'

/** Matches an error that a caller may see. */
function problem(code: string, status: number): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AppError, String(error))
    assert.deepEqual([error.code, error.status], [code, status])
    if (status === 503) assert.ok((error.retryAfterSeconds ?? 0) > 0)
    return true
  }
}

async function asAdmin<T>(url: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client(url)
  await admin.connect()
  return work(admin).finally(() => admin.end())
}

test('FI-08 idle connections are killed: one line in the log, and the next request is served', async () => {
  const said: string[] = []
  const warn = (_: object, message: string): void => void said.push(message)
  await using db = await openTestDatabase({ log: { info() {}, warn, error: warn } })
  const { platform } = db.database
  await Promise.all([1, 2, 3].map(() => platform.query('select pg_sleep(0.05)')))
  await asAdmin(db.adminUrl, (admin) =>
    admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`,
    ),
  )
  while (said.length < 3) await sleep(5)
  assert.deepEqual(new Set(said), new Set(['an idle database connection was lost']))
  assert.equal((await platform.query('select 1')).rowCount, 1)
})

test('FI-08 a connection that dies in the middle of a statement is a 503, and only for its caller', async () => {
  await using db = await openTestDatabase()
  const { platform } = db.database
  const unavailable = problem('data.unavailable', 503)
  const dying = assert.rejects(platform.query("select pg_sleep(20), 'dying'"), unavailable)
  const living = platform.query('select pg_sleep(0.2)')
  const kill = `select pg_terminate_backend(pid) from pg_stat_activity
                 where query like '%dying%' and pid <> pg_backend_pid() and state = 'active'`
  await asAdmin(db.adminUrl, async (admin) => {
    while ((await admin.query(kill)).rowCount === 0) await sleep(5)
  })
  await dying
  await living
})

test('FI-08 a connection that dies between two statements is a 503 that says why, and serves nobody again', async () => {
  const warn = () => undefined
  const settings = { pool_size: 1, max_overflow: 0 }
  await using db = await openTestDatabase({ settings, log: { info() {}, warn, error: warn } })
  const { platform } = db.database
  const ownPid = async (from: Pick<typeof platform, 'query'>) => {
    const { rows } = await from.query<{ pid: number }>('select pg_backend_pid() as pid')
    return rows[0]?.pid
  }
  const kill = (pid: number | undefined) =>
    asAdmin(db.adminUrl, async (admin) => {
      await admin.query('select pg_terminate_backend($1)', [pid])
      const alive = 'select from pg_stat_activity where pid = $1'
      while (((await admin.query(alive, [pid])).rowCount ?? 0) > 0) await sleep(5)
      await sleep(20)
    })
  let first: number | undefined
  const lost = platform.transaction(async (tx) => {
    first = await ownPid(tx)
    await kill(first)
    await tx.query('select 1')
  })
  await assert.rejects(lost, (error: unknown) => {
    problem('data.unavailable', 503)(error)
    assert.match(inspect(error), /57P01/)
    return true
  })
  // Nothing was said any more: the work is done, and COMMIT finds nobody.
  const unsaid = platform.transaction(async (tx) => kill(await ownPid(tx)))
  await assert.rejects(unsaid, problem('data.unavailable', 503))
  assert.notEqual(await ownPid(platform), first)
})

test('FI-10 a full pool answers 503 in time, and serves again when a connection comes back', async () => {
  // Long enough for the two that are to get a connection, however busy the machine is.
  const settings = { pool_size: 2, max_overflow: 0, pool_timeout: 1.5 }
  await using db = await openTestDatabase({ settings })
  const { platform } = db.database
  await platform.query('select 1')
  const release = Promise.withResolvers<void>()
  const inside = barrier(3)
  const hold = () => platform.transaction(async () => inside().then(() => release.promise))
  const held = Promise.all([hold(), hold()])
  await Promise.race([inside(), held])
  // Nothing gives a connection back before: without an end of its own this would wait for ever.
  await assert.rejects(platform.query('select 1'), problem('data.unavailable', 503))
  release.resolve()
  await held
  await platform.query('select 1')
})

test('FI-11 slow statements, lock waits and idle transactions end in time; others do not notice', async () => {
  const settings = {
    // Long enough for the statements that are to pass, however busy the machine is.
    statement_timeout_ms: 1_000,
    lock_timeout_ms: 50,
    idle_in_transaction_timeout_ms: 150,
  }
  await using db = await openTestDatabase({ sql: ITEMS, settings })
  const { platform } = db.database
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  await assert.rejects(platform.query('select pg_sleep(10)'), problem('data.timeout', 503))
  await asAdmin(db.adminUrl, async (admin) => {
    await admin.query('begin; lock table app.item')
    const insert = "insert into app.item (name) values ('late')"
    const blocked = db.database.forTenant(tenant).query(insert)
    await Promise.all([
      assert.rejects(blocked, problem('data.timeout', 503)),
      platform.query('select * from plinth.people'),
    ])
  })
  const idle = platform.transaction(async (tx) => {
    await tx.query('select 1')
    await sleep(300)
    await tx.query('select 1')
  })
  await assert.rejects(idle, problem('data.timeout', 503))
  await platform.query('select 1')
})

test('FI-12 of two transactions that deadlock one is answered 409; repeatable ones both succeed', async () => {
  await using db = await openTestDatabase({ sql: ITEMS })
  await asAdmin(db.adminUrl, (admin) =>
    admin.query(`alter database ${db.name} set deadlock_timeout = '50ms'`),
  )
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  const mine = db.database.forTenant(tenant)
  await mine.query("insert into app.item (name) values ('a'), ('b')")
  const meet = (order: readonly string[], arrived: () => Promise<void>, repeatable: boolean) =>
    mine.transaction(
      async (tx) => {
        for (const name of order) {
          await tx.query('update app.item set amount = amount + 1 where name = $1', [name])
          await arrived()
        }
      },
      { repeatable },
    )
  const cross = async (repeatable: boolean) => {
    const both = barrier(2)
    return Promise.allSettled([
      meet(['a', 'b'], both, repeatable),
      meet(['b', 'a'], both, repeatable),
    ])
  }
  const once = await cross(false)
  const lost = once.filter((result) => result.status === 'rejected')
  assert.equal(lost.length, 1)
  problem('data.contended', 409)(lost[0]?.reason)
  const again = await cross(true)
  assert.deepEqual(
    again.map(({ status }) => status),
    ['fulfilled', 'fulfilled'],
  )
  const { rows } = await mine.query('select amount from app.item order by name')
  assert.deepEqual(rows, [{ amount: '3' }, { amount: '3' }])
})

test('FI-12 a serialization failure is repeated three times and no more, and only where it may be', async () => {
  await using db = await openTestDatabase({ sql: FAILS_OFTEN })
  const { platform } = db.database
  const attempt = (failures: number, repeatable: boolean) =>
    platform.transaction((tx) => tx.query('select app.fail_until($1)', [failures]), { repeatable })
  const tried = async () => (await platform.query('select last_value from app.tries')).rows[0]
  await attempt(4, true)
  assert.deepEqual(await tried(), { last_value: '4' })
  await assert.rejects(attempt(99, true), problem('data.contended', 409))
  assert.deepEqual(await tried(), { last_value: '8' })
  await assert.rejects(attempt(99, false), problem('data.contended', 409))
  assert.deepEqual(await tried(), { last_value: '9' })
})

/** A sequence counts also what is rolled back. */
const FAILS_OFTEN = `
  create sequence app.tries;
  grant select, usage on app.tries to plinth_app;
  create function app.fail_until(wanted bigint) returns void language plpgsql as $$
  begin
    if nextval('app.tries') < wanted then raise exception 'again' using errcode = '40001'; end if;
  end $$;
  grant execute on function app.fail_until to plinth_app;`

/** Resolves for the first `count` callers together, and at once for those after. */
function barrier(count: number): () => Promise<void> {
  const open = Promise.withResolvers<void>()
  let here = 0
  return async () => {
    here += 1
    if (here >= count) open.resolve()
    await open.promise
  }
}

test('TN-31 a broken constraint is named without the values of the row that was there', async () => {
  await using db = await openTestDatabase({ sql: ITEMS })
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  const mine = db.database.forTenant(tenant)
  // A global table: below a policy PostgreSQL leaves the values out by itself.
  const add = (slug: string) =>
    db.database.platform.query(
      `insert into plinth.tenants (id, slug, name, kind)
       values (gen_random_uuid(), $1, 'T', 'personal')`,
      [slug],
    )
  await add('secret-name')
  await assert.rejects(add('secret-name'), (error: unknown) => {
    problem('data.taken', 409)(error)
    assert.match(inspect(error), /tenants_slug_key/)
    assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /secret-name/)
    return true
  })
  const insert = 'insert into app.item (name) values ($1)'
  await assert.rejects(mine.query(insert, ['forbidden']), problem('data.rule', 422))
  await assert.rejects(mine.query(insert, [null]), problem('data.rule', 422))
})

test("HI-12 text that cannot be stored is the caller's fault: 400", async () => {
  await using db = await openTestDatabase({ sql: ITEMS })
  const [tenant] = someTenants(1)
  assert.ok(tenant)
  const mine = db.database.forTenant(tenant)
  const refused: readonly (readonly [string, unknown])[] = [
    ['insert into app.item (name) values ($1)', 'a\0b'],
    ['select $1::jsonb', '{"a":"\\u0000"}'],
    ['select $1::uuid', 'not-a-uuid'],
    ['select $1::int', '99999999999'],
    ['select $1::timestamptz', 'yesterday-ish'],
  ]
  for (const [text, value] of refused) {
    await assert.rejects(mine.query(text, [value]), problem('data.invalid_value', 400))
  }
})
