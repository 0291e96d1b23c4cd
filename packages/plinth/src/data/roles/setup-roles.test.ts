import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { systemClock } from '../../kernel/index.ts'
import { testServerUrl } from '../../testing/test-server.ts'
import type { PlatformDb } from '../index.ts'
import { databaseSettings, migrate, openDatabase, roleStanding, setupRoles } from '../index.ts'

let adminUrl: string
const database = `setup_${randomBytes(4).toString('hex')}`
const log = { info() {}, warn() {}, error() {} }

async function run(url: string, ...statements: readonly string[]): Promise<unknown[]> {
  const client = new Client(url)
  await client.connect()
  try {
    const answers: unknown[] = []
    for (const text of statements) answers.push(...(await client.query(text)).rows)
    return answers
  } finally {
    await client.end()
  }
}

function open(url: string) {
  return openDatabase({ settings: databaseSettings.parse({ url }), clock: systemClock, log })
}

before(async () => {
  adminUrl = await testServerUrl()
})
after(() =>
  run(
    adminUrl,
    `drop database if exists ${database} with (force)`,
    ...['owner', 'user', 'reader'].map((role) => `drop role if exists ${database}_${role}`),
  ),
)

test('plinth db setup: a dry run says what is missing and does nothing', async () => {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  const { statements, urls } = await setupRoles({ adminUrl: url.href, dryRun: true })
  assert.ok(statements.includes(`create database "${database}" owner "${database}_owner"`))
  assert.ok(statements.every((text) => !text.includes('SCRAM')))
  assert.equal(new URL(urls.app).password, '')
  assert.deepEqual(await run(adminUrl, `select from pg_roles where rolname ~ '^${database}'`), [])
})

test('plinth db setup: it makes what is missing, and a second time nothing', async () => {
  const first = await setupRoles({ adminUrl, database })
  assert.deepEqual(first.generated, ['owner', 'app', 'readonly'])
  const second = await setupRoles({ adminUrl, database })
  assert.deepEqual([second.statements, second.generated], [[], []])
  assert.equal(new URL(second.urls.app).password, '')

  await migrate({ url: first.urls.owner, set: 'platform', log })
  await using app = closing(open(first.urls.app))
  assert.deepEqual(await roleStanding(app.platform), { code: 'bound', ownsTables: false })
  await assert.rejects(run(first.urls.app, 'create table app.mine ()'), /permission denied/)
  await assert.rejects(run(first.urls.app, 'create temp table mine ()'), /permission denied/)
  await assert.rejects(run(first.urls.app, 'truncate plinth.people'), /permission denied/)
  await assert.rejects(run(first.urls.readonly, 'select from plinth.sessions'), /permission denied/)
  await assert.rejects(
    run(
      first.urls.readonly,
      'set default_transaction_read_only = off',
      'delete from plinth.people',
    ),
    /permission denied/,
  )
  assert.deepEqual(await run(first.urls.readonly, 'select * from plinth.memberships'), [])
})

test('TN-30 the owner may become the role of search, and does not have its rights before', async () => {
  const { urls } = await setupRoles({ adminUrl, database, passwords: { owner: 'a-word-of-tests' } })
  const standing = `select pg_has_role(current_user, 'plinth_search', 'usage') as at_once,
                           pg_has_role(current_user, 'plinth_search', 'set') as may`
  assert.deepEqual(await run(urls.owner, standing), [{ at_once: false, may: true }])
  await run(adminUrl, `grant plinth_search to ${database}_owner with inherit true`)
  const { statements } = await setupRoles({ adminUrl, database })
  assert.deepEqual(statements, [
    `grant "plinth_search" to "${database}_owner" with inherit false, set true`,
  ])
  assert.deepEqual(await run(urls.owner, standing), [{ at_once: false, may: true }])
})

test('TN-39 a superuser and BYPASSRLS are refused by name of the way out, and setup takes it away', async () => {
  await using admin = closing(open(adminUrl))
  await assertRefused(admin.platform, /is a superuser.*plinth db setup/)
  const passwords = { app: 'a-password-of-the-test' }
  const { urls } = await setupRoles({ adminUrl, database, passwords })
  await run(adminUrl, `alter role ${database}_user bypassrls`)
  await using strong = closing(open(urls.app))
  await assertRefused(strong.platform, /has BYPASSRLS.*plinth db setup/)
  await run(adminUrl, `grant postgres to ${database}_user`)
  await assertRefused(strong.platform, /may become one/)
  await run(adminUrl, `revoke postgres from ${database}_user`)
  const { statements } = await setupRoles({ adminUrl, database })
  assert.deepEqual(statements, [`alter role "${database}_user" nobypassrls`])
  assert.equal((await roleStanding(strong.platform)).code, 'bound')
})

test('a plain owner may run the service and is reported; TN-22 FORCE binds it', async () => {
  const passwords = { owner: 'a-password-of-the-test' }
  const { urls } = await setupRoles({ adminUrl, database, passwords })
  await using owner = closing(open(urls.owner))
  assert.deepEqual(await roleStanding(owner.platform), { code: 'bound', ownsTables: true })
  const tenant = '00000000-0000-4000-8000-000000000001'
  await run(
    adminUrl.replace(/\/[^/]*$/, `/${database}`),
    `insert into plinth.tenants (id, slug, name, kind) values ('${tenant}', 'a', 'A', 'personal')`,
    `insert into plinth.people (id, name) values ('${tenant}', 'P')`,
    `insert into plinth.memberships values ('${tenant}', '${tenant}', 'owner')`,
  )
  assert.equal((await owner.platform.query('select from plinth.memberships')).rowCount, 0)
})

async function assertRefused(db: PlatformDb, sentence: RegExp): Promise<void> {
  const standing = await roleStanding(db)
  assert.match(standing.code === 'refused' ? standing.sentence : standing.code, sentence)
}

function closing<T extends { close(): Promise<void> }>(opened: T): T & AsyncDisposable {
  return { ...opened, [Symbol.asyncDispose]: () => opened.close() }
}
