import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { platformTableFaults } from '../data/index.ts'
import type { TestDatabase } from '../testing/index.ts'
import { openTestDatabase } from '../testing/index.ts'
import { platformTables } from './platform-tables.ts'

let database: TestDatabase
let admin: Client
before(async () => {
  database = await openTestDatabase()
  admin = new Client(database.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await database[Symbol.asyncDispose]()
})

test('every table of the platform is declared, and the declaration is the live table', async () => {
  assert.deepEqual(await platformTableFaults(admin, platformTables), [])
})

const drifts: readonly (readonly [sql: string, sentence: string])[] = [
  ['create table plinth.stray (id uuid)', 'plinth.stray is not declared'],
  ['alter table plinth.people add column nick text', 'plinth.people: column nick is not declared'],
  [
    'alter table plinth.people alter column email set not null',
    'plinth.people: column email is "text not null" where "text" is declared',
  ],
  [
    'alter table plinth.people alter column status drop default',
    'plinth.people: column status should have a default',
  ],
  ['drop index plinth.sessions_person', 'plinth.sessions: object sessions_person is missing'],
  [
    'alter table plinth.sessions drop constraint sessions_person_id_fkey',
    'plinth.sessions: object sessions_person_id_fkey is missing',
  ],
  [
    'drop trigger tell_changed on plinth.sessions',
    'plinth.sessions: object tell_changed is missing',
  ],
  [
    'alter table plinth.audit_events no force row level security',
    'plinth.audit_events: row-level security is "enabled true, forced false, policies tenant"',
  ],
]

test('each way a table can drift from its declaration is one sentence', async () => {
  for (const [sql, sentence] of drifts) {
    await admin.query('begin')
    await admin.query(sql)
    assert.deepEqual(await platformTableFaults(admin, platformTables), [sentence])
    await admin.query('rollback')
  }
})
