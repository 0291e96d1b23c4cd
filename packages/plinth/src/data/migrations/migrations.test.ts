import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as allOf } from 'node:stream/consumers'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { openTestDatabase } from '../../testing/database.ts'
import { migrate, migrationStatus } from '../index.ts'

const folder = await mkdtemp(join(tmpdir(), 'plinth-migrations-'))
after(() => rm(folder, { recursive: true, force: true }))

const log = { info() {}, warn() {}, error() {} }
const set = { folder }

async function put(name: string, up: string, down = ''): Promise<void> {
  await writeFile(join(folder, `${name}.up.sql`), up)
  await writeFile(join(folder, `${name}.down.sql`), down)
}

async function ask(url: string, text: string): Promise<Record<string, unknown> | undefined> {
  const client = new Client(url)
  await client.connect()
  try {
    return (await client.query(text)).rows[0]
  } finally {
    await client.end()
  }
}

await put(
  '0001_shelf',
  '-- after: nothing\ncreate table app.shelf (tenant_id uuid not null);',
  'drop table app.shelf;',
)
await put(
  '0002_label',
  '-- after: 0001_shelf\nalter table app.shelf add label text;',
  'alter table app.shelf drop label;',
)

test('up, down, current and history; an edited or missing file is refused', async () => {
  await using db = await openTestDatabase()
  const url = db.ownerUrl
  assert.deepEqual((await migrationStatus({ url, set })).pending, ['0001_shelf', '0002_label'])
  assert.deepEqual((await migrate({ url, set, log, to: 1 })).ran, ['0001_shelf'])
  assert.deepEqual(await migrate({ url, set, log }), {
    ran: ['0002_label'],
    direction: 'up',
    current: 2,
  })
  assert.deepEqual((await migrate({ url, set, log })).ran, [])
  assert.deepEqual((await migrate({ url, set, log, to: 0 })).ran, ['0002_label', '0001_shelf'])
  await migrate({ url, set, log })
  const { applied, current, fault } = await migrationStatus({ url, set })
  assert.deepEqual([applied.map(({ name }) => name), current], [['0001_shelf', '0002_label'], 2])
  assert.equal(fault, undefined)

  await put('0001_shelf', '-- after: nothing\ncreate table app.shelf (other int);')
  await assert.rejects(migrate({ url, set, log }), /0001_shelf was edited after it was applied/)
  assert.match((await migrationStatus({ url, set })).fault ?? '', /^0001_shelf was edited/)
  await put('0001_shelf', '-- after: nothing\r\ncreate table app.shelf (tenant_id uuid not null);')
  await migrate({ url, set, log })
})

test('FI-44 a migration that fails is rolled back, and those before it stay', async () => {
  await using db = await openTestDatabase()
  const url = db.ownerUrl
  await put('0003_bad', '-- after: 0002_label\ncreate table app.half (a int); select 1 / 0;')
  await assert.rejects(
    migrate({ url, set, log }),
    /0003_bad \(up\) failed and was rolled back: div/,
  )
  assert.equal((await migrationStatus({ url, set })).current, 2)
  assert.deepEqual(await ask(url, "select to_regclass('app.half') as half"), { half: null })
  await put(
    '0003_bad',
    '-- after: 0002_label\ncreate table app.half (a int); commit; create table app.other (a int);',
  )
  await assert.rejects(migrate({ url, set, log }), /leave COMMIT and ROLLBACK out/)
  await Promise.all(['up', 'down'].map((half) => rm(join(folder, `0003_bad.${half}.sql`))))
})

test('the files: a pair each, one number each, a name in the grammar', async () => {
  const url = 'postgresql://nobody@127.0.0.1:1/none'
  await writeFile(join(folder, '0004_lonely.up.sql'), '')
  await assert.rejects(migrate({ url, set, log }), /0004_lonely\.up\.sql has no 0004_lonely\.down/)
  await put('0004_lonely', '')
  await assert.rejects(
    migrate({ url, set, log }),
    /0004_lonely\.up\.sql must begin with the line "-- after: 0002_label"/,
  )
  await writeFile(join(folder, '5-five.up.sql'), '')
  await assert.rejects(migrate({ url, set, log }), /5-five\.up\.sql must look like/)
  for (const name of ['0004_lonely', '5-five']) {
    for (const half of ['up', 'down'])
      await rm(join(folder, `${name}.${half}.sql`), { force: true })
  }
})

test('FI-05 five processes migrate an empty database at once: one does, the others wait', async () => {
  await using db = await openTestDatabase()
  await migrate({ url: db.ownerUrl, set: 'platform', log, to: 0 })
  await ask(db.ownerUrl, 'drop table plinth.migrations')
  const script = `
    const { migrate } = await import(${JSON.stringify(import.meta.resolve('../index.ts'))})
    const log = { info() {}, warn() {}, error() {} }
    process.stdin.once('data', async () => {
      const { ran, current } = await migrate({ url: process.argv[1], set: 'platform', log })
      console.log(JSON.stringify({ ran: ran.length, current }))
      process.stdin.destroy()
    })
    console.log('ready')`
  const args = ['--input-type=module', '-e', script, db.ownerUrl]
  const processes = Array.from({ length: 5 }, () => spawn(process.execPath, args))
  // They set out together, whichever loaded its modules first.
  await Promise.all(processes.map(({ stdout }) => once(stdout, 'data')))
  const results = processes.map(async ({ stdin, stdout, stderr }) => {
    stdin.write('go')
    const [said, complaint] = await Promise.all([allOf(stdout), allOf(stderr)])
    assert.equal(complaint, '')
    return JSON.parse(said) as { ran: number; current: number }
  })
  const [first, ...others] = (await Promise.all(results)).toSorted((a, b) => b.ran - a.ran)
  assert.ok(first && first.ran > 0 && first.current > 0)
  const waited = { ran: 0, current: first.current }
  assert.deepEqual(others, [waited, waited, waited, waited])
  const history = 'select count(*)::int as n from plinth.migrations'
  assert.deepEqual(await ask(db.adminUrl, history), { n: first.ran })
})

test('FI-04 SIGTERM during a migration: a clean end, nothing half done, the lock is free', async () => {
  await using db = await openTestDatabase()
  await put(
    '0003_slow',
    '-- after: 0002_label\ncreate table app.slow (a int); select pg_sleep(60);',
    'drop table app.slow;',
  )
  const script = `
    const { migrate } = await import(${JSON.stringify(import.meta.resolve('../index.ts'))})
    const stop = new AbortController()
    process.once('SIGTERM', () => stop.abort(new Error('told to stop')))
    const log = { info() {}, warn() {}, error() {} }
    await migrate({ url: process.argv[1], set: { folder: process.argv[2] }, log, signal: stop.signal })
      .catch((error) => { console.log(error.message); process.exitCode = 3 })`
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, db.ownerUrl, folder],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const said: string[] = []
  child.stdout.on('data', (chunk) => said.push(String(chunk)))
  // Others of this server sleep too.
  const asleep = `select count(*)::int as n from pg_stat_activity
                   where datname = current_database() and wait_event = 'PgSleep'`
  while ((await ask(db.adminUrl, asleep))?.['n'] === 0) await sleep(20)
  child.kill('SIGTERM')
  const [code] = await once(child, 'close')
  assert.deepEqual([code, said.join('').trim()], [3, 'told to stop'])
  await put(
    '0003_slow',
    '-- after: 0002_label\ncreate table app.slow (a int);',
    'drop table app.slow;',
  )
  assert.deepEqual((await migrate({ url: db.ownerUrl, set, log })).ran.at(-1), '0003_slow')
})
