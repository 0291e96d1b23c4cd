import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { Client } from 'pg'
import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { openTestDatabase } from '../../testing/database.ts'
import type { Db } from '../db.ts'
import { withoutSearchRole } from '../migrations/one-role.ts'
import { createTableSql, dropTableSql, entity } from './index.ts'
import { makeMember, makeTenant, note, refused, tablesSql } from './tables.fixture.ts'

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

const newTenant = async (id?: Id<'tenant'>) =>
  database.database.forTenant(await makeTenant(admin, id))
const memberOf = (tenant: Db) => makeMember(admin, tenant)

async function found(from: Db, words: string, most = 50): Promise<readonly string[]> {
  const { rows } = await from.query<{ id: string }>('select app.notes_search($1, $2) as id', [
    words,
    most,
  ])
  return rows.map(({ id }) => id)
}

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
