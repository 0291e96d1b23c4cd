import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client } from 'pg'
import type { Id } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import { ITEMS, someTenants } from './items.fixture.ts'

const db = await openTestDatabase({ sql: ITEMS })
const [acme, evil] = someTenants(2) as [Id<'tenant'>, Id<'tenant'>]
const [mine, theirs] = [db.database.forTenant(acme), db.database.forTenant(evil)]
await mine.query("insert into app.item (name) values ('mine')")
await theirs.query("insert into app.item (name) values ('theirs')")
after(() => db[Symbol.asyncDispose]())

/** A connection of the app role that no door guards: what an injection would have. */
async function bare(): Promise<Client & AsyncDisposable> {
  const client = new Client(db.appUrl)
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

const ENTER = "select set_config('plinth.tenant_id', $1, true)"

test('TN-22 TN-24 no tenant set: a fresh connection sees no row, and no error', async () => {
  await using client = await bare()
  assert.equal((await client.query('select from app.item')).rowCount, 0)
  assert.equal((await db.database.platform.query('select from app.item')).rowCount, 0)
})

test("TN-23 after a transaction the setting reads '' and not NULL: still no row and no error", async () => {
  await using client = await bare()
  await client.query('begin')
  await client.query(ENTER, [acme])
  assert.equal((await client.query('select from app.item')).rowCount, 1)
  await client.query('commit')
  const setting = "select current_setting('plinth.tenant_id', true) as tenant"
  assert.deepEqual((await client.query(setting)).rows, [{ tenant: '' }])
  assert.equal((await client.query('select from app.item')).rowCount, 0)
})

test('TN-26 a local setting outside of a transaction has no effect: no row', async () => {
  await using client = await bare()
  await client.query(ENTER, [acme])
  assert.equal((await client.query('select from app.item')).rowCount, 0)
})

test('TN-27 a rolled back savepoint restores the tenant of before', async () => {
  await using client = await bare()
  const seen = async () => (await client.query('select name from app.item')).rows
  await client.query('begin')
  await client.query(ENTER, [acme])
  await client.query('savepoint a')
  await client.query(ENTER, [evil])
  assert.deepEqual(await seen(), [{ name: 'theirs' }])
  await client.query('rollback to savepoint a')
  assert.deepEqual(await seen(), [{ name: 'mine' }])
})

test('TN-21 TN-22 the owner is bound like everybody', async () => {
  const owner = new Client(db.ownerUrl)
  await owner.connect()
  try {
    assert.equal((await owner.query('select from app.item')).rowCount, 0)
  } finally {
    await owner.end()
  }
})

test('TN-40 TN-19 no command reaches a row of another tenant, and none is written there', async () => {
  const { rows } = await theirs.query<{ id: string }>('select id from app.item')
  const id = rows[0]?.id
  assert.equal((await mine.query('update app.item set amount = 9 where id = $1', [id])).rowCount, 0)
  assert.equal((await mine.query('delete from app.item where id = $1', [id])).rowCount, 0)
  const foreign = 'insert into app.item (tenant_id, name) values ($1, $2)'
  await assert.rejects(mine.query(foreign, [evil, 'smuggled']), /row-level security/)
  await assert.rejects(
    mine.query('update app.item set tenant_id = $1', [evil]),
    /row-level security/,
  )
  const upsert = `insert into app.item (id, name) values ($1, 'theirs')
                  on conflict (tenant_id, name) do update set amount = 9 returning tenant_id`
  assert.deepEqual((await mine.query(upsert, [id])).rows, [{ tenant_id: acme }])
  await mine.query("delete from app.item where name = 'theirs'")
  assert.deepEqual((await theirs.query('select name, amount from app.item')).rows, [
    { name: 'theirs', amount: '0' },
  ])
})

test('TN-41 joins, subqueries, EXISTS, aggregates, RETURNING, COPY and sequences show nothing foreign', async () => {
  const one = async (text: string) => (await mine.query(text)).rows
  assert.deepEqual(await one('select a.name from app.item a, app.item b'), [{ name: 'mine' }])
  assert.deepEqual(await one('select (select count(*) from app.item) as n'), [{ n: '1' }])
  assert.deepEqual(await one("select exists (select from app.item where name = 'theirs') as e"), [
    { e: false },
  ])
  assert.deepEqual(
    await one('with c as materialized (select * from app.item) select name from c'),
    [{ name: 'mine' }],
  )
  assert.deepEqual(await one('update app.item set amount = amount returning name'), [
    { name: 'mine' },
  ])
  // Under a policy COPY answers what the query would; it has no way in at all.
  assert.deepEqual(await one('copy app.item to stdout'), [])
  await assert.rejects(mine.query('copy app.item from stdin'), /row-level security/)
})

test('TN-33 a composite foreign key does not reach into another tenant', async () => {
  const client = new Client(db.ownerUrl)
  await client.connect()
  await client.query(`
    create table app.note (
      tenant_id uuid not null default nullif(current_setting('plinth.tenant_id', true), '')::uuid,
      id uuid not null default gen_random_uuid(), item_id uuid, primary key (tenant_id, id),
      foreign key (tenant_id, item_id) references app.item (tenant_id, id));
    alter table app.note enable row level security; alter table app.note force row level security;
    create policy tenant on app.note
      using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)`)
  await client.end()
  const idOf = async (door: typeof mine) =>
    (await door.query<{ id: string }>('select id from app.item')).rows[0]?.id
  const insert = 'insert into app.note (item_id) values ($1)'
  await mine.query(insert, [await idOf(mine)])
  await assert.rejects(mine.query(insert, [await idOf(theirs)]), { code: 'data.referenced' })
})

const POLICY = `using (tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid)`

test('TN-29 TN-42 a view of the caller, and a partition asked by its own name, show own rows only', async () => {
  const client = new Client(db.ownerUrl)
  await client.connect()
  await client.query(`
    create view app.items_of_caller with (security_invoker = true) as select name from app.item;
    create view app.items_of_owner as select name from app.item;
    create table app.visit (
      tenant_id uuid not null default nullif(current_setting('plinth.tenant_id', true), '')::uuid,
      day date not null, note text) partition by range (day);
    create table app.visit_2026 partition of app.visit for values from ('2026-01-01') to ('2027-01-01');
    alter table app.visit enable row level security; alter table app.visit force row level security;
    alter table app.visit_2026 enable row level security;
    alter table app.visit_2026 force row level security;
    create policy tenant on app.visit ${POLICY};
    create policy tenant on app.visit_2026 ${POLICY}`)
  await client.end()
  const visit = "insert into app.visit (day, note) values ('2026-02-03', $1)"
  await mine.query(visit, ['mine'])
  await theirs.query(visit, ['theirs'])
  assert.deepEqual((await mine.query('select * from app.items_of_caller')).rows, [{ name: 'mine' }])
  for (const name of ['visit', 'visit_2026']) {
    const { rows } = await mine.query(`select note from app.${name}`)
    assert.deepEqual(rows, [{ note: 'mine' }], name)
  }
  assert.equal((await db.database.platform.query('select from app.visit_2026')).rowCount, 0)
  // FORCE binds the owner of a plain view too; where the owner is a superuser, the gate names it.
  assert.equal((await mine.query('select * from app.items_of_owner')).rowCount, 1)
})

test('TN-34 TRUNCATE, which ignores policies, is not granted', async () => {
  await assert.rejects(mine.query('truncate app.item'), /permission denied/)
})

test('TN-35 row_security = off is an error for the app role, not a way around', async () => {
  await using client = await bare()
  await client.query('set row_security = off')
  await assert.rejects(client.query('select from app.item'), /would be affected by row-level/)
})

test('TN-36 planner statistics show the app role no value of another tenant', async () => {
  const admin = new Client(db.adminUrl)
  await admin.connect()
  await admin.query('analyze app.item').finally(() => admin.end())
  const stats = "select from pg_stats where schemaname = 'app' and tablename = 'item'"
  assert.equal((await mine.query(stats)).rowCount, 0)
})

test('TN-37 a function in the filter is called for own rows only', async () => {
  const { rows } = await mine.query(
    "select name from app.item where case when name = 'theirs' then 1 / (length(name) - 6) = 1 else true end",
  )
  assert.deepEqual(rows, [{ name: 'mine' }])
})

test('TN-44 the read-only role is bound by the same policy and writes nothing', async () => {
  const client = new Client(db.readonlyUrl)
  await client.connect()
  try {
    assert.equal((await client.query('select from app.item')).rowCount, 0)
    await client.query('begin')
    await client.query(ENTER, [acme])
    assert.deepEqual((await client.query('select name from app.item')).rows, [{ name: 'mine' }])
    await client.query('rollback; set default_transaction_read_only = off')
    await assert.rejects(client.query('delete from app.item'), /permission denied/)
  } finally {
    await client.end()
  }
})

test('memberships: own tenant, or own person for reading only', async () => {
  const person = acme
  const admin = new Client(db.adminUrl)
  await admin.connect()
  await admin.query(`
    insert into plinth.people (id, name) values ('${person}', 'P');
    insert into plinth.tenants (id, slug, name, kind)
      values ('${acme}', 'acme', 'A', 'organisation'), ('${evil}', 'evil', 'E', 'organisation');
    insert into plinth.memberships (tenant_id, person_id, role)
      values ('${acme}', '${person}', 'member'), ('${evil}', '${person}', 'member')`)
  await admin.end()
  assert.equal((await mine.query('select from plinth.memberships')).rowCount, 1)
  const asPerson = (text: string) =>
    db.database.platform.batch([
      { text: "select set_config('plinth.person_id', $1, true)", values: [person] },
      { text },
    ])
  assert.equal((await asPerson('select from plinth.memberships'))[1]?.rowCount, 2)
  assert.equal((await asPerson("update plinth.memberships set role = 'owner'"))[1]?.rowCount, 0)
  assert.equal((await asPerson('delete from plinth.memberships'))[1]?.rowCount, 0)
})

test('audit events are written once: no change, no deletion, none of another tenant', async () => {
  const insert = `insert into plinth.audit_events (id, tenant_id, actor_kind, action, outcome)
                  values (gen_random_uuid(), $1, 'system', 'a.b', 'success')`
  await mine.query(insert, [acme])
  await assert.rejects(mine.query(insert, [evil]), /row-level security/)
  await assert.rejects(
    mine.query("update plinth.audit_events set action = 'x'"),
    /permission denied/,
  )
  await assert.rejects(mine.query('delete from plinth.audit_events'), /permission denied/)
  const nil = '00000000-0000-0000-0000-000000000000'
  await db.database.platform.query(insert, [nil])
  await assert.rejects(db.database.platform.query(insert, [acme]), /row-level security/)
  const seen = await db.database.platform.query(
    'select distinct tenant_id from plinth.audit_events',
  )
  assert.deepEqual(seen.rows, [{ tenant_id: nil }])
})

test('an index is used below the policy: the tenant is a condition, not a filter', async () => {
  const plan = await mine.transaction(async (tx) => {
    await tx.query('set local enable_seqscan = off')
    return tx.query<{ 'QUERY PLAN': string }>('explain select * from app.item where id = $1', [
      acme,
    ])
  })
  const text = plan.rows.map((row) => row['QUERY PLAN']).join('\n')
  assert.match(text, /Index Cond: .*tenant_id = .*current_setting/s)
})
