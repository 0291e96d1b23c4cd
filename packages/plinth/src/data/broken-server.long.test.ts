import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { inspect } from 'node:util'
import { Client } from 'pg'
import { ensurePostgres } from '../dev/index.ts'
import { AppError, systemClock } from '../kernel/index.ts'
import { type Database, databaseSettings, openDatabase } from './index.ts'

const MOST_CONNECTIONS = 12

const folder = await mkdtemp(join(tmpdir(), 'plinth-broken-'))
const first = await ensurePostgres({
  dataDir: join(folder, 'postgres'),
  settings: { max_connections: String(MOST_CONNECTIONS) },
})
const { adminUrl, port, home } = first

after(async () => {
  await (await again()).remove()
  await rm(folder, { recursive: true, force: true })
})

/** The same server on the same port, as an operator would bring it back. */
function again() {
  const settings = { max_connections: String(MOST_CONNECTIONS), port: String(port) }
  return ensurePostgres({ dataDir: join(folder, 'postgres'), settings })
}

function open(settings: object = {}): Database & AsyncDisposable {
  const log = { info() {}, warn() {}, error() {} }
  const patience = { connect_timeout_ms: 2_000, pool_timeout: 3, pool_size: 3, max_overflow: 0 }
  const database = openDatabase({
    settings: databaseSettings.parse({ url: adminUrl, ...patience, ...settings }),
    clock: systemClock,
    log,
  })
  return Object.assign(Object.create(database), { [Symbol.asyncDispose]: () => database.close() })
}

async function ask(text: string): Promise<Record<string, unknown>[]> {
  const client = new Client(adminUrl)
  client.on('error', () => undefined)
  await client.connect()
  return (await client.query(text).finally(() => client.end())).rows
}

/** Asks until it is answered, also where a busy machine is slow to connect; every refusal on the way must be a 503 with a time to come back. */
async function healed(database: Database, text = 'select 1'): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    try {
      await database.platform.query(text)
      return
    } catch (error) {
      assertUnavailable(error)
      assert.ok(performance.now() < deadline, 'did not heal in time')
      await sleep(20)
    }
  }
}

function assertUnavailable(error: unknown): boolean {
  assert.ok(error instanceof AppError, String(error))
  assert.equal(error.status, 503)
  assert.ok((error.retryAfterSeconds ?? 0) > 0)
  return true
}

test('FI-06 FI-07 the server restarts, fast and as a crash: 503 in the gap, then healed, nothing lost', async () => {
  await using database = open()
  await healed(database)
  await ask('create table kept (n int)')
  for (const [n, mode] of (['fast', 'immediate'] as const).entries()) {
    await database.platform.query('insert into kept values ($1)', [n])
    const [begun, stopped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const open = database.platform.transaction(async (tx) => {
      await tx.query('insert into kept values (99)')
      begun.resolve()
      await stopped.promise
      await tx.query('select 1')
    })
    const lost = assert.rejects(open, assertUnavailable)
    await begun.promise
    await (await again()).stop(mode)
    stopped.resolve()
    await lost
    await assert.rejects(database.platform.query('select 1'), assertUnavailable)
    await assert.rejects(database.ping(), assertUnavailable)
    await again()
    await healed(database)
  }
  const { rows } = await database.platform.query('select n from kept order by n')
  assert.deepEqual(rows, [{ n: 0 }, { n: 1 }])
})

test('FI-09 the server hangs: requests and health end in time, the event loop runs, and it recovers', async () => {
  await using database = open({ statement_timeout_ms: 200 })
  await healed(database)
  const { pid } = await again()
  const backends = (await ask('select pid from pg_stat_activity')).map((row) => Number(row['pid']))
  const all = [pid, ...backends]
  for (const one of all) signal(one, 'SIGSTOP')
  try {
    const started = performance.now()
    let beats = 0
    const heart = setInterval(() => {
      beats += 1
    }, 50)
    const answers = await Promise.allSettled([
      ...Array.from({ length: 20 }, () => database.platform.query('select 1')),
      database.ping(),
    ])
    clearInterval(heart)
    assert.ok(performance.now() - started < 15_000)
    assert.ok(beats > 3)
    for (const answer of answers) {
      assert.equal(answer.status, 'rejected')
      assertUnavailable(answer.status === 'rejected' ? answer.reason : undefined)
    }
  } finally {
    for (const one of all) signal(one, 'SIGCONT')
  }
  await healed(database)
})

/** A backend may have ended meanwhile. */
function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ESRCH')
  }
}

test('FI-14 a read-only server: writes 503, reads live, and writes go on after the failover', async () => {
  await using database = open({ pool_size: 1 })
  await healed(database)
  const backend = async () =>
    (await database.platform.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
  await ask('create table if not exists written (n int)')
  const row = 'insert into written values (1)'
  const write = () => database.platform.query(row)
  await write()
  const old = await backend()
  await ask('alter system set default_transaction_read_only = on')
  await ask('select pg_reload_conf()')
  await assert.rejects(async () => {
    for (;;) await write()
  }, assertUnavailable)
  await database.platform.query('select * from written')
  // After a failover the old connection would lead to the old primary for ever.
  assert.notEqual(await backend(), old)
  await ask('alter system reset default_transaction_read_only')
  await ask('select pg_reload_conf()')
  await healed(database, row)
})

test('FI-16 no connection is left: 503 at once, no stampede of attempts, and it heals', async () => {
  await using database = open()
  {
    await using _hogs = await takeAllConnections()
    const before = await refusals()
    const started = performance.now()
    while (performance.now() - started < 1_000) {
      const asked = Array.from({ length: 20 }, () => database.platform.query('select 1'))
      for (const answer of await Promise.allSettled(asked)) {
        const reason = answer.status === 'rejected' ? answer.reason : undefined
        assertUnavailable(reason)
        // For the log of a start and of readiness: what to raise, or to close.
        assert.match(inspect(reason), /too many clients/)
      }
      await sleep(10)
    }
    const attempts = (await refusals()) - before
    assert.ok(attempts < 20, `${attempts} attempts to connect`)
  }
  await healed(database)
})

/** All that there are: the server ends a connection a moment after whoever had it. */
async function takeAllConnections(): Promise<AsyncDisposable> {
  const hogs: Client[] = []
  while (hogs.length < MOST_CONNECTIONS) {
    const hog = new Client(adminUrl)
    hog.on('error', () => undefined)
    const refused = await hog.connect().then(
      () => undefined,
      (error: Error) => error,
    )
    if (refused === undefined) hogs.push(hog)
    else {
      assert.match(refused.message, /too many clients/)
      await sleep(20)
    }
  }
  return {
    async [Symbol.asyncDispose]() {
      await Promise.all(hogs.map((hog) => hog.end()))
    },
  }
}

async function refusals(): Promise<number> {
  const log = await readFile(join(home, 'server.log'), 'utf8')
  return log.split('sorry, too many clients').length - 1
}
