import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { ensurePostgres } from './index.ts'

const run = promisify(execFile)

async function place(): Promise<AsyncDisposable & { readonly dataDir: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plinth-postgres-'))
  const dataDir = join(folder, 'postgres')
  return {
    dataDir,
    async [Symbol.asyncDispose]() {
      await (await ensurePostgres({ dataDir, fast: true })).remove()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function ask(url: string, text: string): Promise<unknown> {
  const client = new Client(url)
  await client.connect()
  try {
    const { rows } = await client.query<{ answer: unknown }>(text)
    return rows[0]?.answer
  } finally {
    await client.end()
  }
}

test('callers that start at once get one server, and a mode-700 folder above is no obstacle', async () => {
  await using at = await place()
  const said: string[] = []
  const servers = await Promise.all(
    [1, 2, 3].map(() =>
      ensurePostgres({ dataDir: at.dataDir, fast: true, log: (line) => said.push(line) }),
    ),
  )
  const [first] = servers
  assert.ok(first)
  assert.equal(new Set(servers.map((server) => server.pid)).size, 1)
  assert.equal((await stat(join(first.home, 'password'))).mode & 0o777, 0o600)
  assert.equal((await stat(first.home)).mode & 0o777, 0o700)
  assert.equal(
    await ask(first.adminUrl, "select current_setting('server_encoding') as answer"),
    'UTF8',
  )
})

test('after kill -9 of the process that started it, the server is adopted', async () => {
  await using at = await place()
  const script = `
    const { ensurePostgres } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
    console.log((await ensurePostgres({ dataDir: ${JSON.stringify(at.dataDir)}, fast: true })).pid)
    process.kill(process.pid, 'SIGKILL')`
  const died = await run(process.execPath, ['--input-type=module', '-e', script]).catch(
    (error: { signal: string; stdout: string }) => error,
  )
  const adopted = await ensurePostgres({ dataDir: at.dataDir })
  assert.equal(adopted.adopted, true)
  assert.equal(adopted.pid, Number(died.stdout))
})

test('FI-07 a stale postmaster.pid is cleared, and committed rows survive an immediate stop', async () => {
  await using at = await place()
  const before = await ensurePostgres({ dataDir: at.dataDir })
  await ask(before.adminUrl, 'create table kept as select 42 as answer')
  await before.stop('immediate')
  // The process id in the file now belongs to something else: this test.
  const stale = [
    process.pid,
    join(before.home, 'data'),
    1,
    before.port,
    '',
    '127.0.0.1',
    '',
    'ready',
  ]
  await writeFile(join(before.home, 'data', 'postmaster.pid'), stale.join('\n'))
  const after = await ensurePostgres({ dataDir: at.dataDir })
  assert.equal(after.adopted, false)
  assert.equal(await ask(after.adminUrl, 'select answer from kept'), 42)
})

test('a server that cannot start says why', async () => {
  await using at = await place()
  await assert.rejects(
    ensurePostgres({ dataDir: at.dataDir, settings: { shared_buffers: 'plenty' } }),
    /PostgreSQL does not start in .*shared_buffers/,
  )
  assert.match(
    await readFile(join(at.dataDir, 'data', 'PG_VERSION'), 'utf8').catch(() => '18'),
    /^\d+/,
  )
})
