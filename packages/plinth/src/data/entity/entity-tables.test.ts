import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { Client } from 'pg'
import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { catalogueFaults } from '../catalogue/catalogue-faults.ts'
import type { Db } from '../db.ts'
import { withoutSearchRole } from '../migrations/one-role.ts'
import {
  createTableSql,
  declarationFaults,
  dropTableSql,
  entity,
  migrationForAll,
  query,
  ref,
} from './index.ts'

const country = entity(
  'country',
  { code: z.string().length(2), name: z.string().max(80) },
  { owned: 'nobody', unique: [['code']], search: ['name'] },
)

const note = entity(
  'note',
  {
    title: z.string().max(200),
    // Names that the search function uses inside, and a word that PostgreSQL reserves.
    words: z.string().nullable(),
    user: z.string().default(''),
    n: z.int32().default(0),
    country_id: ref('country').nullable().default(null),
    parent_id: ref('note', { onDelete: 'set null' }).nullable().default(null),
  },
  {
    owned: 'person',
    softDelete: true,
    search: ['title', 'words', 'user'],
    unique: [['title']],
    index: [['owner_id', 'created_at']],
  },
)

const order = entity(
  'order',
  { total: z.int32(), country_id: ref('country').nullable() },
  {
    table: {
      schema: 'legacy',
      name: 'orders',
      key: 'order_id',
      tenant: 'org_id',
      migrated: 'elsewhere',
    },
  },
)

const region = entity(
  'region',
  { name: z.string() },
  { owned: 'nobody', table: { schema: 'legacy', name: 'regions', migrated: 'elsewhere' } },
)

const entities = [country, note, order, region]
const TENANT = "nullif(current_setting('plinth.tenant_id', true), '')::uuid"
const BASE = `version integer not null default 1, created_at timestamptz(3) not null default now(),
              updated_at timestamptz(3) not null default now()`
const LEGACY = `
  create schema legacy;
  grant usage on schema legacy to plinth_app;
  create table legacy.orders (
    order_id uuid primary key, org_id uuid not null default ${TENANT}, total integer not null,
    country_id uuid, colour text, ${BASE});
  create trigger touch before update on legacy.orders
    for each row execute function plinth.touch_row();
  alter table legacy.orders enable row level security;
  alter table legacy.orders force row level security;
  create policy org on legacy.orders using (org_id = ${TENANT}) with check (org_id = ${TENANT});
  create table legacy.regions (id uuid primary key, name text not null, ${BASE});
  grant select, insert, update, delete on legacy.orders, legacy.regions to plinth_app;`

const sql = migrationForAll([note, country]).up + LEGACY

let database: Awaited<ReturnType<typeof openTestDatabase>>
let admin: Client
let db: Db
let other: Db

before(async () => {
  database = await openTestDatabase({ sql })
  admin = new Client(database.adminUrl)
  await admin.connect()
  db = await newTenant()
  other = await newTenant()
})
after(async () => {
  await admin.end()
  await database[Symbol.asyncDispose]()
})

let numbers = 0
async function newTenant(id = newId<'tenant'>()): Promise<Db> {
  numbers += 1
  await admin.query(
    `insert into plinth.tenants (id, slug, name, kind) values ($1, $2, 'T', 'organisation')`,
    [id, `tenant-${numbers}`],
  )
  return database.database.forTenant(id)
}

async function memberOf({ tenant }: Db): Promise<Id<'person'>> {
  const id = newId<'person'>()
  await admin.query(`insert into plinth.people (id, name) values ($1, 'P')`, [id])
  await admin.query(`insert into plinth.memberships values ($1, $2, 'member')`, [tenant, id])
  return id
}

const asAdmin: Pick<Db, 'query'> = {
  async query<R>(text: string, values: readonly unknown[] = []) {
    const { rows, rowCount } = await admin.query(text, [...values])
    return { rows: rows as R[], rowCount: rowCount ?? 0 }
  },
}

async function found(from: Db, words: string, most = 50): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>('select app.notes_search($1, $2) as id', [
    words,
    most,
  ])
  return rows.map(({ id }) => id)
}

const refused = async (work: Promise<unknown>) => {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (fault) => fault,
  )
  assert.ok(error instanceof Error)
  return error
}

test('TN-43 what each kind of table needs is there, and the gate knows them by the entities', async () => {
  assert.deepEqual(await declarationFaults(db, entities), [])
  assert.deepEqual(await catalogueFaults(asAdmin, entities), [])
  const blind = await catalogueFaults(asAdmin)
  assert.ok(blind.some((fault) => /app\.countries is neither/.test(fault)))
  assert.ok(blind.some((fault) => /legacy\.orders is neither/.test(fault)))
})

test('TN-30 search finds rows that have every word, newest first, in this tenant alone', async () => {
  const owner_id = await memberOf(db)
  const first = await note.insert(db, { title: 'Red desk lamp', words: null, owner_id })
  const second = await note.insert(db, { title: 'Blue lamp', words: 'for a DESK', owner_id })
  const theirs = await note.insert(other, {
    title: 'Lamp of the others',
    // Said as the index says it, the other tenant's word opens nothing.
    words: `desk ${db.tenant} ${db.tenant.slice(-6)}:lamp`,
    owner_id: await memberOf(other),
  })
  assert.deepEqual(await found(db, 'lamp'), [second.id, first.id])
  assert.deepEqual(await found(db, 'desk LAMP'), [second.id, first.id])
  assert.deepEqual(await found(db, 'lamp', 1), [second.id])
  assert.deepEqual(await found(db, 'red lamp'), [first.id])
  assert.deepEqual(await found(other, 'lamp'), [theirs.id])
  assert.deepEqual(await found(db, `${db.tenant}`), [])
  for (const nothing of ['', '  ', '!?', 'lampshade', '\\', ':* & !']) {
    assert.deepEqual(await found(db, nothing), [], nothing)
  }
  assert.deepEqual(await found(db, "' | !lamp:*"), [second.id, first.id])
  assert.deepEqual(await found(db, `${db.tenant.slice(-6)}:lamp`), [])
  await note.remove(db, second.id)
  assert.deepEqual(await found(db, 'lamp'), [first.id])
  const nowhere = await database.database.platform.query('select app.notes_search($1, 9)', ['lamp'])
  assert.deepEqual(nowhere.rows, [])
})

test('TN-30 tenants whose words are the same in the index do not find each other’s rows', async () => {
  const twin = `${newId().slice(0, -6)}${db.tenant.slice(-6)}` as Id<'tenant'>
  const like = await newTenant(twin)
  const row = await note.insert(like, { title: 'Ladder', words: null, owner_id: null })
  assert.deepEqual(await found(like, 'ladder'), [row.id])
  assert.deepEqual(await found(db, 'ladder'), [])
})

test('HI-19 whatever is searched for, and whatever a row says, is text', async () => {
  const owner_id = await memberOf(db)
  const text = fc.string({ unit: 'grapheme', maxLength: 30 }).filter((said) => !said.includes('\0'))
  const hostile = fc.constantFrom(
    ...["'", "''", '\\', "\\'", "a'b\\c", 'a & b', '!a', 'a:*', '<->', '(', "'a' | 'b'", '%', '$1'],
    'x'.repeat(3_000),
    'é'.repeat(1_020),
  )
  const property = fc.asyncProperty(fc.oneof(text, hostile), async (said) => {
    await found(db, said)
    const words = said.slice(0, 2_500)
    const parsed = note.create.safeParse({ title: 't', words })
    if (!parsed.success) return
    const title = newId()
    const { id } = await note.insert(db, { title, words, owner_id })
    const { rows } = await db.query<{ any: boolean }>(
      "select to_tsvector('simple', $1) <> '' as any",
      [words],
    )
    const hits = await found(db, words, 1_000)
    const kept = rows[0]?.any === true && Buffer.byteLength(words) < 2_000
    assert.ok(!kept || hits.includes(id), words)
  })
  await fc.assert(property, { numRuns: 40 })
})

test('TN-21 TN-30 the role of search reads ids and words, and nothing else', async () => {
  await admin.query('begin')
  await admin.query('set local role plinth_search')
  assert.ok(Number((await admin.query('select id from app.notes')).rowCount) > 0)
  assert.match((await refused(admin.query('select title from app.notes'))).message, /denied/)
  await admin.query('rollback')
  await admin.query('begin; set local role plinth_search')
  assert.match((await refused(admin.query('delete from app.notes'))).message, /denied/)
  await admin.query('rollback')
  // The owner may become that role, and a policy lets it see every tenant: not before it does.
  const owner = new Client(database.ownerUrl)
  await owner.connect()
  const { rowCount } = await owner.query('select from app.notes')
  await owner.end()
  assert.equal(rowCount, 0)
  const become = db.transaction((tx) => tx.query('set local role plinth_search'))
  assert.equal(Reflect.get(await refused(become), 'code'), '42501')
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
    /legacy\.orders: column version is missing/,
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

test('where a host gives one role, search goes on, within the tenant, with the rights of who asks', async () => {
  const alone = entity('leaf', { name: z.string() }, { search: ['name'], plural: 'leaves' })
  const oneRole = withoutSearchRole(createTableSql(alone)).replace(
    /plinth_(app|readonly)/g,
    'current_user',
  )
  const owner = new Client(database.ownerUrl)
  await owner.connect()
  try {
    await owner.query(`begin; ${oneRole}`)
    const grow = (tenant: string, name: string) =>
      owner
        .query(`select set_config('plinth.tenant_id', $1, true)`, [tenant])
        .then(() =>
          owner.query('insert into app.leaves (id, name) values ($1, $2)', [newId(), name]),
        )
    await grow(db.tenant, 'green leaf')
    await grow(other.tenant, 'brown leaf')
    const hits = await owner.query(
      'select l.name from app.leaves_search($1, 9) as id join app.leaves l using (id)',
      ['leaf'],
    )
    assert.deepEqual(hits.rows, [{ name: 'brown leaf' }])
    const seen = await owner.query('select name from app.leaves')
    assert.deepEqual(seen.rows, hits.rows)
  } finally {
    await owner.query('rollback')
    await owner.end()
  }
  assert.throws(() => withoutSearchRole('set role plinth_search'), /one role/)
  assert.equal(dropTableSql({ declaration: alone.declaration }).split('\n').length, 3)
})
