import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onConnection } from 'plinth/data'
import { openTestDatabase } from 'plinth/testing'
import { dumpRows } from './dump-rows.ts'

// What a service's own migrations may make beside tables of entities.
const SCHEMA = `
  create type app.mood as enum ('happy', 'it''s');
  create type app.pair as (a int, b text);
  create table app."Mixed Case" (id int primary key, "userName" text, "we""ird" text);
  create table app.numbered (id bigint generated always as identity primary key, n int,
    twice int generated always as (n * 2) stored);
  create table app.serial (id serial primary key, t text);
  create table app.types (m app.mood, p app.pair, list int[], b bytea, f double precision,
    i interval, d date, gone text, long text);
  alter table app.types drop column gone;
  create table app.parted (id int primary key) partition by range (id);
  create table app.parted_1 partition of app.parted for values from (0) to (100);
  create table app.refers (id int primary key, r int references app.parted(id),
    o int references app.refers(id) deferrable initially deferred);
  create table app.parent (id int primary key, a text, n int unique deferrable initially deferred);
  create table app.child (b text) inherits (app.parent);
  create table app.bare ();
  create table app.guarded (a int);
  create function app.never() returns trigger language plpgsql as $$ begin raise 'never'; end $$;
  create table app.walled (id int primary key);
  alter table app.walled enable row level security;
  create schema other; create table other.things (a int);
`
const ROWS = `
  insert into app."Mixed Case" values (1, null, 'it''s \\ back'), (2, '', E'new\nline');
  insert into app.numbered (n) values (1), (2);
  insert into app.serial (t) values ('a'), ('b');
  insert into app.types values ('it''s', row(1, 'x,"y"'), '{1,null}', '\\x00ff', 'NaN',
    '1 mon 2 days', '2026-02-01', repeat('x', 9000));
  insert into app.parted values (1), (2);
  insert into app.refers values (1, 1, 2), (2, 2, 1);
  insert into app.parent values (1, 'p', 1);
  insert into app.child values (2, 'c', 1, 'x');
  insert into app.bare default values;
  insert into app.guarded values (1);
  insert into app.walled values (1);
`
const ROWS_OF_TENANTS = `
  insert into plinth.tenants (id, slug, name, kind) values
    (gen_random_uuid(), 'one', 'One', 'organisation'), (gen_random_uuid(), 'two', 'Two', 'organisation');
`
const LAST = `
  set constraints all immediate;
  alter table app.refers add constraint noted foreign key (id) references app.parent(id) not valid;
  comment on constraint noted on app.refers is 'by hand: it''s ours';
  create trigger never before insert on app.guarded for each row execute function app.never();
  create trigger off before insert on app.guarded for each row execute function app.never();
  alter table app.guarded disable trigger off;
  create materialized view app.shown as select id from app.serial;
`

async function dumped(url: string) {
  const texts: string[] = []
  const noted = await onConnection({ url }, async (connection) => {
    await connection.query("set datestyle to 'sql, dmy'")
    return dumpRows(connection, async (text) => void texts.push(text))
  })
  return { text: texts.join(''), ...noted }
}

test('rows of odd tables are there once, under the numbers that they had, in the database that a dump is read into', async () => {
  await using full = await openTestDatabase({ sql: SCHEMA + ROWS + ROWS_OF_TENANTS + LAST })
  await using empty = await openTestDatabase({ sql: SCHEMA + LAST })
  const { text, elsewhere, unlisted } = await dumped(full.ownerUrl)
  assert.deepEqual(elsewhere, ['other.things'])
  assert.deepEqual(unlisted, { ids: [], unseen: [] })
  await onConnection({ url: empty.ownerUrl }, async (connection) => {
    await connection.query(text)
    const { rows } = await connection.query<{ line: string }>(
      `insert into app.serial (t) values ('next') returning id::text as line`,
    )
    assert.deepEqual(rows, [{ line: '3' }])
    await connection.query(`delete from app.serial where t = 'next'`)
    const shown = await connection.query<{ id: number }>('select id from app.shown order by id')
    assert.deepEqual(shown.rows, [{ id: 1 }, { id: 2 }])
    const off = await connection.query<{ tgname: string }>(
      "select tgname from pg_trigger where tgrelid = 'app.guarded'::regclass and tgenabled = 'D'",
    )
    assert.deepEqual(off.rows, [{ tgname: 'off' }])
  })
  const again = await dumped(empty.ownerUrl)
  const rowsIn = (sql: string) => sql.replaceAll(/^select setval\('app\.serial_id_seq'.*$/gm, '')
  assert.equal(rowsIn(again.text), rowsIn(text))

  const past = await dumped(full.adminUrl)
  assert.equal(past.text.match(/insert into plinth\.tenants /g)?.length, 1)
  assert.equal(past.text.match(/insert into app\.walled /g)?.length, 1)
})

const GHOSTS = ['018f0000-0000-7000-8000-00000000000a', '018f0000-0000-7000-8000-00000000000b']
const KEPT_APART = (table: string, column: string) => `
  create table app.${table} (id int primary key, ${column} uuid not null);
  alter table app.${table} enable row level security;
  alter table app.${table} force row level security;
  create policy tenant on app.${table} using
    (${column} = nullif(current_setting('plinth.tenant_id', true), '')::uuid);
`
const HAUNTED = KEPT_APART('shelves', 'tenant_id') + KEPT_APART('boxes', '"Org"')

test('rows of tenants that plinth.tenants does not name are in the dump, and it says whose', async () => {
  const [first, second] = GHOSTS
  const left = `
    select set_config('plinth.tenant_id', '${first}', false);
    insert into app.shelves values (1, '${first}'), (2, '${first}');
    select set_config('plinth.tenant_id', '${second}', false);
    insert into app.boxes values (1, '${second}');
    select set_config('plinth.tenant_id', '', false);
  `
  await using full = await openTestDatabase({ sql: HAUNTED + ROWS_OF_TENANTS + left })
  await using empty = await openTestDatabase({ sql: HAUNTED })
  const { text, unlisted } = await dumped(full.ownerUrl)
  assert.deepEqual(unlisted, { ids: GHOSTS, unseen: [] })
  assert.match(text, new RegExp(`insert into app\\.shelves .*\n.*'${first}'.*\n.*'${first}'`))
  assert.match(text, new RegExp(`insert into app\\.boxes .*\n.*'${second}'`))
  await onConnection({ url: empty.ownerUrl }, (connection) => connection.query(text))
  assert.equal((await dumped(empty.ownerUrl)).text, text)
  await onConnection({ url: full.ownerUrl }, async (connection) => {
    const { rows } = await connection.query<{ forced: boolean }>(
      "select relforcerowsecurity as forced from pg_class where oid = 'app.shelves'::regclass",
    )
    assert.deepEqual(rows, [{ forced: true }])
  })
})

test('a table that somebody holds is named as not looked through', async () => {
  await using full = await openTestDatabase({ sql: HAUNTED })
  await onConnection({ url: full.ownerUrl }, async (other) => {
    await other.query('begin; select from app.boxes')
    const { unlisted } = await dumped(full.ownerUrl)
    assert.deepEqual(unlisted, { ids: [], unseen: ['app.boxes'] })
    await other.query('rollback')
  })
})
