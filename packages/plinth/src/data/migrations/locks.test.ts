import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import type { DbLog } from '../index.ts'
import { migrate, migrationStatus, stampMigrations } from '../index.ts'

let folder: string
let db: TestDatabase
let owner: Client

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-locks-'))
  db = await openTestDatabase({ sql: 'create table app.shelf (a int)' })
  owner = new Client(db.ownerUrl)
  await owner.connect()
})
after(async () => {
  await owner.end()
  await db[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const silent = { info() {}, warn() {}, error() {} }

async function put(name: string, up: string, down = '-- nothing'): Promise<void> {
  await writeFile(join(folder, `${name}.up.sql`), up)
  await writeFile(join(folder, `${name}.down.sql`), down)
}

function run(log: DbLog = silent) {
  return migrate({ url: db.ownerUrl, set: { folder }, log })
}

async function indexState(): Promise<unknown> {
  const { rows } = await owner.query(
    `select i.indisvalid as valid from pg_index i where i.indexrelid = to_regclass('app.shelf_a_key')`,
  )
  return rows[0]
}

const INDEX = 'create unique index concurrently shelf_a_key on app.shelf (a);'

test('FI-44 an index that fails is dropped at once, also where its migration is given up', async () => {
  await owner.query('insert into app.shelf values (1), (1)')
  await put(
    '0001_index',
    `-- after: nothing\n-- plinth: no transaction\n${INDEX}`,
    'drop index app.shelf_a_key',
  )
  await assert.rejects(run(), /^Error: 0001_index \(up\) failed: could not create unique index/)
  assert.equal(await indexState(), undefined)
  assert.equal((await migrationStatus({ url: db.ownerUrl, set: { folder } })).current, 0)
})

test('FI-44 an index that a run left behind when it was killed is dropped before the next try', async () => {
  await assert.rejects(owner.query(INDEX), /could not create unique index/)
  assert.deepEqual(await indexState(), { valid: false })
  await owner.query('delete from app.shelf')
  assert.deepEqual((await run()).ran, ['0001_index'])
  assert.deepEqual(await indexState(), { valid: true })
})

test('FI-44 a run that ended between the index and the history goes on after it', async () => {
  await owner.query("delete from plinth.migrations where set = 'service'")
  assert.deepEqual((await run()).ran, ['0001_index'])
})

test('FI-45 a lock that is held is asked for again and again, and whoever reads goes on', async () => {
  await put('0002_wide', '-- after: 0001_index\nalter table app.shelf add b int;')
  const reader = new Client(db.ownerUrl)
  await reader.connect()
  await reader.query('begin')
  await reader.query('select from app.shelf')
  const said: string[] = []
  let released: Promise<unknown> | undefined
  const info = (_: object, message: string): void => {
    said.push(message)
    // It gave its place in the line up: others are not kept waiting behind it.
    released ??= owner.query('select from app.shelf').then(() => reader.query('commit'))
  }
  assert.deepEqual((await run({ ...silent, info })).ran, ['0002_wide'])
  await released
  await reader.end()
  assert.match(said[0] ?? '', /waiting for it, a moment at a time/)
})

test('two branches stop before anything runs; stamp writes down and runs nothing', async () => {
  await put('0003_a', '-- after: 0002_wide\ncreate table app.a (b int);')
  await put('0003_b', '-- after: 0002_wide\ncreate table app.b (b int);')
  await assert.rejects(run(), /several heads \(0003_a, 0003_b\); run "plinth db renumber"/)
  const status = await migrationStatus({ url: db.ownerUrl, set: { folder } })
  assert.deepEqual([status.current, status.heads], [2, ['0003_a', '0003_b']])
  await rm(join(folder, '0003_b.up.sql'))
  await rm(join(folder, '0003_b.down.sql'))
  const session = { url: db.ownerUrl, set: { folder }, log: silent }
  assert.deepEqual(await stampMigrations(session), { added: ['0003_a'], removed: [] })
  assert.deepEqual((await run()).ran, [])
  const { rows } = await owner.query("select to_regclass('app.a') as made")
  assert.deepEqual(rows, [{ made: null }])
  assert.deepEqual(await stampMigrations({ ...session, to: 2 }), { added: [], removed: ['0003_a'] })
  assert.deepEqual((await run()).ran, ['0003_a'])
})
