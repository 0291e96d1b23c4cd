import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { catalogueFaults } from '../catalogue/catalogue-faults.ts'
import type { Db } from '../db.ts'
import { createTableSql, declarationFaults, entity, migrationForAll, query, ref } from './index.ts'
import {
  country,
  entities,
  makeMember,
  makeTenant,
  note,
  order,
  refused,
  region,
  tablesSql,
} from './tables.fixture.ts'

let database: Awaited<ReturnType<typeof openTestDatabase>>
let admin: Client
let db: Db
let other: Db

before(async () => {
  database = await openTestDatabase({ sql: tablesSql })
  admin = new Client(database.adminUrl)
  await admin.connect()
  db = await newTenant()
  other = await newTenant()
})
after(async () => {
  await admin.end()
  await database[Symbol.asyncDispose]()
})

const newTenant = async () => database.database.forTenant(await makeTenant(admin))
const memberOf = (tenant: Db) => makeMember(admin, tenant)

const asAdmin: Pick<Db, 'query'> = {
  async query<R>(text: string, values: readonly unknown[] = []) {
    const { rows, rowCount } = await admin.query(text, [...values])
    return { rows: rows as R[], rowCount: rowCount ?? 0 }
  },
}

test('TN-43 what each kind of table needs is there, and the gate knows them by the entities', async () => {
  assert.deepEqual(await declarationFaults(db, entities), [])
  assert.deepEqual(await catalogueFaults(asAdmin, entities), [])
  const blind = await catalogueFaults(asAdmin)
  assert.ok(blind.some((fault) => /app\.countries is neither/.test(fault)))
  assert.ok(blind.some((fault) => /legacy\.orders is neither/.test(fault)))
})

test('a person owns a row while they are a member; then it is nobody’s, and it stays', async () => {
  const [mine, theirs] = [await memberOf(db), await memberOf(other)]
  const row = await note.insert(db, { title: 'Mine', words: null, owner_id: mine })
  assert.equal(row.owner_id, mine)
  for (const owner_id of [theirs, newId<'person'>()]) {
    const error = await refused(note.insert(db, { title: 'Not mine', words: null, owner_id }))
    assert.match(JSON.stringify(error), /owner_id/)
  }
  await admin.query('delete from plinth.memberships where person_id = $1', [mine])
  const left = await note.get(db, row.id)
  assert.deepEqual([left.owner_id, left.version, left.title], [null, 2, 'Mine'])
})

test('what is deleted makes room for a new row of the same value; what refers to it stays', async () => {
  const owner_id = await memberOf(db)
  const first = await note.insert(db, { title: 'Once', words: null, owner_id })
  const child = await note.insert(db, {
    title: 'Child',
    words: null,
    owner_id,
    parent_id: first.id,
  })
  const twice = await refused(note.insert(db, { title: 'Once', words: null, owner_id }))
  assert.match(JSON.stringify(twice), /body\/title/)
  await note.remove(db, first.id)
  assert.equal(await note.find(db, first.id), undefined)
  await note.insert(db, { title: 'Once', words: null, owner_id })
  assert.equal((await note.get(db, child.id)).parent_id, first.id)
  await db.query('delete from app.notes where id = $1', [first.id])
  assert.equal((await note.get(db, child.id)).parent_id, null)
})

test('rows of nobody are the same for all; a tenant’s may refer to them, never the other way', async () => {
  const france = await country.insert(db, { code: 'fr', name: 'France' })
  assert.equal((await country.get(other, france.id)).name, 'France')
  const twice = await refused(country.insert(other, { code: 'fr', name: 'Elsewhere' }))
  assert.match(JSON.stringify(twice), /body\/code/)
  const { rows } = await other.query<{ id: string }>('select app.countries_search($1, 9) as id', [
    'france',
  ])
  assert.deepEqual(rows, [{ id: france.id }])
  const owner_id = await memberOf(db)
  const row = await note.insert(db, {
    title: 'In France',
    words: null,
    owner_id,
    country_id: france.id,
  })
  assert.match(JSON.stringify(await refused(country.remove(db, france.id))), /entity\.in_use/)
  assert.equal((await note.get(db, row.id)).country_id, france.id)
  const bad = entity('stamp', { note_id: ref('note') }, { owned: 'nobody' })
  assert.throws(() => createTableSql(bad, [note]), /a row of nobody cannot refer to "note"/)
})

test('a table that was there before is used under its own names, within its tenant', async () => {
  const row = await order.insert(db, { total: 5, country_id: null })
  assert.deepEqual([row.total, row.version], [5, 1])
  const changed = await order.update(db, row.id, { total: 6 }, { version: 1 })
  assert.deepEqual(await order.get(db, row.id), changed)
  assert.deepEqual((await order.list(db)).items, [changed])
  assert.deepEqual((await order.list(other)).items, [])
  assert.equal(await order.find(other, row.id), undefined)
  const stored = await admin.query('select order_id, org_id, total from legacy.orders')
  assert.deepEqual(stored.rows, [{ order_id: row.id, org_id: db.tenant, total: 6 }])
  await order.remove(db, row.id)
  const north = await region.insert(db, { name: 'North' })
  assert.equal((await region.get(other, north.id)).name, 'North')
})

test('a query says id and * of an old table as of any other, and never reads what nobody declared', async () => {
  const q = query(db, order, note)
  const id = newId<'order'>()
  const values = { id, total: 7, country_id: null }
  const made = await q.insertInto('order').values(values).returningAll().executeTakeFirstOrThrow()
  assert.deepEqual(Object.keys(made).sort(), ORDER_COLUMNS)
  assert.deepEqual([made.id, made.version], [id, 1])
  const whole = await q.selectFrom('order').selectAll().where('id', '=', id).orderBy('id').execute()
  assert.deepEqual(whole, [made])
  const aliased = q.selectFrom('order as o').select(['o.id', 'o.total as sum', 'o.id as same'])
  assert.deepEqual(await aliased.where('o.id', '=', id).execute(), [{ id, sum: 7, same: id }])
  const changed = await q
    .updateTable('order')
    .set({ total: 8 })
    .where('id', '=', id)
    .returning(['id', 'order.total'])
    .executeTakeFirst()
  assert.deepEqual(changed, { id, total: 8 })
  const within = await q
    .with('some', (w) => w.selectFrom('order').selectAll('order'))
    .selectFrom('some')
    .select(['id', 'total'])
    .where('id', 'in', (e) => e.selectFrom('order').select('id').where('total', '>', 7))
    .execute()
  assert.deepEqual(within, [{ id, total: 8 }])
  await note.insert(db, { title: 'Any', words: null, owner_id: null })
  const joined = await q
    .selectFrom('note')
    .leftJoin('order', 'order.id', 'note.parent_id')
    .selectAll('note')
    .executeTakeFirstOrThrow()
  assert.ok(!('search_doc' in joined) && !('tenant_id' in joined) && 'owner_id' in joined)
  const gone = await q.deleteFrom('order').where('order.id', '=', id).executeTakeFirst()
  assert.equal(gone.numDeletedRows, 1n)
})

const ORDER_COLUMNS = ['country_id', 'created_at', 'id', 'total', 'updated_at', 'version']

test('a table with a number as its key is used by a uuid beside it, and says so until it has one', async () => {
  const numbered = entity(
    'ticket',
    { subject: z.string() },
    { table: { schema: 'legacy', name: 'tickets', migrated: 'elsewhere' } },
  )
  await admin.query(`create table legacy.tickets (
      id serial primary key, subject text not null, created_at timestamptz(3) not null default now(),
      tenant_id uuid not null default nullif(current_setting('plinth.tenant_id', true), '')::uuid);
    insert into legacy.tickets (subject, tenant_id) values ('Old', '${db.tenant}');
    grant select, insert, update, delete on legacy.tickets to plinth_app;
    grant usage on sequence legacy.tickets_id_seq to plinth_app`)
  const lacks = await declarationFaults(asAdmin, [numbered])
  assert.equal(lacks.length, 3, lacks.join('\n'))
  for (const lack of lacks) {
    const [, statement = ''] = /: (alter table .*?)(?:, and declare .*)?$/.exec(lack) ?? []
    await admin.query(statement)
  }
  const ticket = entity(
    'ticket',
    { subject: z.string() },
    { table: { schema: 'legacy', name: 'tickets', key: 'public_id', migrated: 'elsewhere' } },
  )
  assert.deepEqual(await declarationFaults(asAdmin, [ticket]), [])
  const [old] = (await ticket.list(db)).items
  assert.ok(old)
  assert.equal((await ticket.get(db, old.id)).subject, 'Old')
  const fresh = await ticket.insert(db, { subject: 'New' })
  const { rows } = await admin.query('select id, public_id from legacy.tickets order by id')
  assert.deepEqual(rows, [
    { id: 1, public_id: old.id },
    { id: 2, public_id: fresh.id },
  ])
})

test('drift names what an entity of an old table lacks, and what a migration forgot of a new one', async () => {
  await admin.query(`begin;
    alter table legacy.orders drop column version, alter column org_id drop default;
    alter policy tenant on app.notes with check (true);
    drop policy search on app.notes;
    drop function app.notes_search(text, integer);
    drop index app.notes_title_key;
    create unique index notes_title_key on app.notes (tenant_id, title);
    alter table app.notes drop constraint notes_owner_id_fkey`)
  const faults = await declarationFaults(asAdmin, entities)
  await admin.query('rollback')
  const expected = [
    /legacy\.orders: column version is missing; add it: alter table legacy\.orders add column version integer/,
    /legacy\.orders: column org_id should have the current tenant as its default/,
    /app\.notes: object notes_owner_id_fkey is missing/,
    /app\.notes: object notes_search is missing/,
    /app\.notes: object notes_title_key is "unique \(tenant_id, title\)" where .* where \(deleted_at/,
    /app\.notes: row-level security is "enabled true, forced true, policies tenant"/,
    /app\.notes: policy tenant is ".*with check true" where/,
  ]
  for (const fault of expected) {
    assert.ok(
      faults.some((text) => fault.test(text)),
      `${fault} in ${faults.join('\n')}`,
    )
  }
  assert.equal(faults.length, expected.length, faults.join('\n'))
})

test('the down text takes everything away again', async () => {
  await admin.query('begin; set local role plinth_test_owner')
  await admin.query(migrationForAll([note, country]).down)
  const left = await admin.query(
    `select proname from pg_proc where pronamespace = 'app'::regnamespace
      union all select relname from pg_class where relnamespace = 'app'::regnamespace`,
  )
  await admin.query('rollback')
  assert.deepEqual(left.rows, [])
})
