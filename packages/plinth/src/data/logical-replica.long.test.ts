import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Client } from 'pg'
import { ensurePostgres } from '../dev/index.ts'
import { systemClock } from '../kernel/index.ts'
import { testUrls } from '../testing/test-template.ts'
import { until } from '../testing/until.ts'
import { catalogueFaults, databaseSettings, migrate, openDatabase, setupRoles } from './index.ts'
import { ITEMS, someTenants } from './items.fixture.ts'

const log = { info() {}, warn() {}, error() {} }
const NAMES = { owner: 'replica_owner', app: 'replica_app', readonly: 'replica_reader' }
const PASSWORDS = { owner: 'o'.repeat(24), app: 'a'.repeat(24), readonly: 'r'.repeat(24) }
type Role = keyof typeof NAMES | 'admin'

const folder = await mkdtemp(join(tmpdir(), 'plinth-replica-'))
const server = await ensurePostgres({
  dataDir: join(folder, 'postgres'),
  settings: { wal_level: 'logical' },
})
after(async () => {
  await server.remove()
  await rm(folder, { recursive: true, force: true })
})

function urlOf(database: string, role: Role): string {
  const url = new URL(testUrls(server.adminUrl, database).admin)
  if (role === 'admin') return url.href
  return Object.assign(url, { username: NAMES[role], password: PASSWORDS[role] }).href
}

async function ask(database: string, role: Role, ...texts: string[]): Promise<object[]> {
  const client = new Client(urlOf(database, role))
  await client.connect()
  try {
    let rows: object[] = []
    for (const text of texts) rows = (await client.query(text)).rows
    return rows
  } finally {
    await client.end()
  }
}

/** A database as `plinth db setup` and `plinth db upgrade` leave it. */
async function migrated(database: string): Promise<void> {
  await setupRoles({ adminUrl: server.adminUrl, database, names: NAMES, passwords: PASSWORDS })
  await migrate({ url: urlOf(database, 'owner'), set: 'platform', log })
  await ask(database, 'owner', ITEMS)
}

async function faultsOf(database: string): Promise<readonly string[]> {
  const settings = databaseSettings.parse({ url: urlOf(database, 'app') })
  const opened = openDatabase({ settings, clock: systemClock, log })
  return catalogueFaults(opened.platform).finally(() => opened.close())
}

const ALL = 'select name from app.item order by name'
const enter = (tenant: string) => `select set_config('plinth.tenant_id', '${tenant}', true)`

test('TN-44 on a logical replica every role is bound as at the origin, and none of ours can make one', {
  timeout: 60_000,
}, async () => {
  await migrated('origin')
  await migrated('replica')
  const [acme, evil] = someTenants(2)
  for (const [tenant, name] of [
    [acme, 'mine'],
    [evil, 'theirs'],
  ])
    await ask('origin', 'app', 'begin', enter(String(tenant)), insertOf(name), 'commit')

  for (const role of ['owner', 'app', 'readonly'] as const) {
    const slot = "select pg_create_logical_replication_slot('taken', 'pgoutput')"
    for (const text of ['create publication taken for all tables', slot])
      await assert.rejects(
        ask('origin', role, text),
        /permission denied|must be superuser|read-only transaction/,
        role,
      )
  }

  await replicate()
  assert.deepEqual(await ask('replica', 'admin', ALL), [{ name: 'mine' }, { name: 'theirs' }])
  for (const role of ['owner', 'app', 'readonly'] as const) {
    const seenBy = (tenant = '') => ask('replica', role, 'begin', enter(tenant), ALL)
    assert.deepEqual(await ask('replica', role, ALL), [], role)
    assert.deepEqual(await seenBy(acme), [{ name: 'mine' }], role)
    assert.deepEqual(await seenBy(evil), [{ name: 'theirs' }], role)
  }
  assert.deepEqual(await faultsOf('replica'), [])
  // A replica made by hand: the rows come all the same, and the gate says what is missing.
  await ask('replica', 'admin', 'alter table app.item disable row level security')
  assert.match((await faultsOf('replica')).join('\n'), /app\.item/)
})

const insertOf = (name = '') => `insert into app.item (name) values ('${name}')`

/**
 * As the superuser of both: rows are written as the owner of the subscription, since the owner of the
 * table is bound by its policy and PostgreSQL then takes none. A slot made apart: one server would wait
 * for itself otherwise.
 */
async function replicate(): Promise<void> {
  await ask(
    'origin',
    'admin',
    'create publication rows for table app.item',
    "select pg_create_logical_replication_slot('rows', 'pgoutput')",
  )
  const origin = new URL(urlOf('origin', 'admin'))
  const from = `host=127.0.0.1 port=${origin.port} user=${origin.username} password=${origin.password} dbname=origin`
  await ask(
    'replica',
    'admin',
    `create subscription rows connection '${from}' publication rows with (create_slot = false, slot_name = rows, run_as_owner = true)`,
  )
  await until(async () => (await ask('replica', 'admin', ALL)).length === 2)
}
