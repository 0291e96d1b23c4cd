import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, connect as dial, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestDatabase } from '../../testing/database.ts'
import { openTestDatabase } from '../../testing/database.ts'
import { createTestClock } from '../../testing/test-clock.ts'
import { until } from '../../testing/until.ts'
import type { Listener } from './listener.ts'

let db: TestDatabase
let admin: Client
before(async () => {
  db = await openTestDatabase()
  admin = new Client(db.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await db[Symbol.asyncDispose]()
})

/** Asks as requests do, until the answer is the wanted one. */
const current = (listener: Listener) => until(() => listener.isCurrent())

/** The server's processes that listen for us. */
const listening = async () => {
  const { rows } = await admin.query<{ pid: number }>(
    `select pid from pg_catalog.pg_stat_activity
      where datname = current_database() and application_name = 'plinth listener'`,
  )
  return rows.map(({ pid }) => pid)
}

function hearing() {
  const heard: string[] = []
  return {
    heard,
    hear: (payload: string) => void heard.push(payload),
    missed: () => void heard.push('(missed)'),
  }
}

/** A way to the server that can stop carrying anything, without ending the connection. */
async function openPath(url: string) {
  const to = new URL(url)
  const [host, port] = [to.hostname, Number(to.port)]
  const sockets: Socket[] = []
  const server = createServer((near) => {
    const far = dial(port, host)
    near.on('error', () => far.destroy())
    far.on('error', () => near.destroy())
    near.pipe(far)
    far.pipe(near)
    sockets.push(near, far)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  to.port = String(typeof address === 'object' ? address?.port : '')
  return {
    url: to.href,
    hold: () => {
      for (const socket of sockets) socket.unpipe().pause()
    },
    [Symbol.dispose]: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

test('nobody asks: nothing is opened and nothing is sent', async () => {
  const listener = db.database.listen('unasked', hearing())
  assert.equal(listener.state(), 'asleep')
  assert.deepEqual(await listening(), [])
  listener.close()
})

test('it is current once its own echo came back, hears what is committed, and not what is rolled back', async () => {
  const ears = hearing()
  const listener = db.database.listen('shop', ears)
  assert.equal(listener.isCurrent(), false)
  assert.equal(listener.state(), 'behind')
  await current(listener)
  assert.equal(listener.state(), 'current')
  await admin.query("begin; notify shop, 'never'; rollback")
  await admin.query("notify other, 'elsewhere'; notify shop, 'closed'")
  await until(() => ears.heard.length > 1)
  assert.deepEqual(ears.heard, ['(missed)', 'closed'])
  listener.close()
  assert.equal(listener.isCurrent(), false)
  await until(async () => (await listening()).length === 0)
})

test('all channels are heard on one connection, each by those who listen to it, until the last is closed', async () => {
  const [sessions, keys] = [hearing(), hearing()]
  const first = db.database.listen('sessions', sessions)
  const second = db.database.listen('keys', keys)
  await current(first)
  assert.equal(second.isCurrent(), true, 'one echo proves it for all')
  assert.equal((await listening()).length, 1)
  await admin.query("notify sessions, 'ended'; notify keys, 'revoked'")
  await until(() => sessions.heard.length > 1 && keys.heard.length > 1)
  assert.deepEqual(
    [sessions.heard, keys.heard],
    [
      ['(missed)', 'ended'],
      ['(missed)', 'revoked'],
    ],
  )
  first.close()
  assert.equal(first.isCurrent(), false)
  assert.equal(second.isCurrent(), true)
  await admin.query("notify sessions, 'again'; notify keys, 'again'")
  await until(() => keys.heard.length > 2)
  assert.equal(sessions.heard.length, 2, 'a closed one is told nothing')
  second.close()
  await until(async () => (await listening()).length === 0)
})

test('a channel that comes late: nobody is current before it is heard too, and all may have missed something', async () => {
  const [early, late] = [hearing(), hearing()]
  const first = db.database.listen('sessions', early)
  await current(first)
  const second = db.database.listen('keys', late)
  assert.equal(first.isCurrent(), false)
  assert.equal(second.isCurrent(), false)
  await current(second)
  assert.equal(first.isCurrent(), true)
  await admin.query("notify keys, 'revoked'")
  await until(() => late.heard.length > 1)
  assert.deepEqual(
    [early.heard, late.heard],
    [
      ['(missed)', '(missed)'],
      ['(missed)', 'revoked'],
    ],
  )
  await until(async () => (await listening()).length === 1)
  first.close()
  second.close()
})

test('a channel that comes while the connection is being opened is heard as well', async () => {
  const late = hearing()
  const first = db.database.listen('sessions', hearing())
  assert.equal(first.isCurrent(), false)
  const second = db.database.listen('keys', late)
  await current(second)
  await admin.query("notify keys, 'revoked'")
  await until(() => late.heard.includes('revoked'))
  first.close()
  second.close()
})

test('a connection that is killed: not current at once, and after coming back it says that it missed', async () => {
  const ears = hearing()
  const listener = db.database.listen('shop', ears)
  await current(listener)
  await admin.query('select pg_terminate_backend(pid) from unnest($1::int[]) pid', [
    await listening(),
  ])
  await until(() => !listener.isCurrent())
  await current(listener)
  assert.deepEqual(ears.heard, ['(missed)', '(missed)'])
  listener.close()
})

test('FI-42 a connection that carries nothing any more is not current within a second, though nobody closed it', async () => {
  using path = await openPath(db.appUrl)
  await using other = await openTestDatabase({ settings: { listen_url: path.url } })
  // The path leads to another database of the server: only the connection matters here.
  const listener = other.database.listen('shop', hearing())
  await current(listener)
  path.hold()
  const held = performance.now()
  while (listener.isCurrent()) {
    assert.ok(performance.now() - held < 1_000, 'still trusted after a second')
    await sleep(5)
  }
  listener.close()
})

test('without questions for a while nothing is sent, and one question wakes it', async () => {
  const clock = createTestClock()
  await using own = await openTestDatabase({ clock })
  const ears = hearing()
  const listener = own.database.listen('shop', ears)
  await current(listener)
  clock.advance(60_000)
  assert.equal(listener.state(), 'asleep')
  await sleep(400)
  assert.equal(listener.state(), 'asleep')
  assert.equal(listener.isCurrent(), false)
  await current(listener)
  assert.deepEqual(ears.heard, ['(missed)'], 'the same connection goes on')
})

test('a server that is not there: never current, and nothing is thrown', async () => {
  const lines: string[] = []
  const log = { info() {}, error() {}, warn: (_: object, text: string) => void lines.push(text) }
  await using own = await openTestDatabase({
    log,
    settings: { listen_url: 'postgresql://nobody:x@127.0.0.1:1/none' },
  })
  const listener = own.database.listen('shop', hearing())
  for (let at = 0; at < 40; at += 1) {
    assert.equal(listener.isCurrent(), false)
    await sleep(10)
  }
  assert.equal(lines.length, 1, 'said once, not at every attempt')
})

test('a listener does not keep the process alive', async () => {
  const script = `
    const { openDatabase, databaseSettings } = await import(process.argv[1])
    const { systemClock } = await import(process.argv[2])
    const log = { info() {}, warn() {}, error() {} }
    const settings = databaseSettings.parse({ url: process.argv[3] })
    const database = openDatabase({ settings, clock: systemClock, log })
    const listener = database.listen('shop', { hear() {}, missed() {} })
    while (!listener.isCurrent()) await new Promise((resolve) => setTimeout(resolve, 5))
    console.log('current')`
  const modules = ['../index.ts', '../../kernel/index.ts'].map((path) => import.meta.resolve(path))
  const child = spawn(
    process.execPath,
    ['--input-type=module', '-e', script, ...modules, db.appUrl],
    { timeout: 30_000 },
  )
  const said = (await child.stdout.toArray()).join('')
  assert.equal(said, 'current\n')
  if (child.exitCode === null) await once(child, 'exit')
  assert.equal(child.exitCode, 0)
})
