import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { ensurePostgres } from './index.ts'
import { servesFolder } from './postmaster.ts'

const run = promisify(execFile)

// mkdtemp makes it with mode 700: run as root, the server's own user cannot enter it.
const folder = await mkdtemp(join(tmpdir(), 'plinth-postgres-'))
const at = { dataDir: join(folder, 'postgres'), fast: true }

after(async () => {
  await (await ensurePostgres(at)).remove()
  await rm(folder, { recursive: true, force: true })
})

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
  const said: string[] = []
  const log = (line: string) => said.push(line)
  const servers = await Promise.all([1, 2].map(() => ensurePostgres({ ...at, log })))
  const [first] = servers
  assert.ok(first)
  assert.equal(new Set(servers.map((server) => server.pid)).size, 1)
  assert.equal((await stat(join(first.home, 'password'))).mode & 0o777, 0o600)
  assert.equal((await stat(first.home)).mode & 0o777, 0o700)
  const encoding = "select current_setting('server_encoding') as answer"
  assert.equal(await ask(first.adminUrl, encoding), 'UTF8')
  assert.ok(first.home === at.dataDir || said.some((line) => line.includes(first.home)))
})

test('after kill -9 of the process that started it, the server is adopted', async () => {
  await (await ensurePostgres(at)).stop()
  const script = `
    const { ensurePostgres } = await import(${JSON.stringify(import.meta.resolve('./index.ts'))})
    console.log((await ensurePostgres(${JSON.stringify(at)})).pid)
    process.kill(process.pid, 'SIGKILL')`
  const died = await run(process.execPath, ['--input-type=module', '-e', script]).catch(
    (error: { signal: string; stdout: string }) => error,
  )
  const adopted = await ensurePostgres(at)
  assert.equal(adopted.adopted, true)
  assert.equal(adopted.pid, Number(died.stdout))
})

test('FI-07 a stale postmaster.pid is cleared, and committed rows survive an immediate stop', async () => {
  await (await ensurePostgres(at)).stop()
  const safe = { dataDir: at.dataDir }
  const before = await ensurePostgres(safe)
  await ask(before.adminUrl, 'create table kept as select 42 as answer')
  await before.stop('immediate')
  // The process id in the file now belongs to something else: this test.
  const data = join(before.home, 'data')
  const stale = [process.pid, data, 1, before.port, '', '127.0.0.1', '', 'ready']
  await writeFile(join(data, 'postmaster.pid'), stale.join('\n'))
  const after = await ensurePostgres(safe)
  assert.equal(after.adopted, false)
  assert.equal(await ask(after.adminUrl, 'select answer from kept'), 42)
})

test('the servers of two services never meet: each has its own port and password, and neither stops for the other', async () => {
  const other = { dataDir: join(folder, 'other'), fast: true }
  const [mine, theirs] = await Promise.all([at, other].map(ensurePostgres))
  assert.ok(mine && theirs)
  try {
    assert.notEqual(mine.port, theirs.port)
    const wrong = new URL(mine.adminUrl)
    wrong.port = String(theirs.port)
    await assert.rejects(ask(wrong.href, 'select 1 as answer'), /password authentication failed/)
    await mine.stop('immediate')
    // What a crash left here now names the process of the other one.
    const data = join(mine.home, 'data')
    const stale = [theirs.pid, data, 1, mine.port, '', '127.0.0.1', '', 'ready']
    await writeFile(join(data, 'postmaster.pid'), stale.join('\n'))
    const again = await ensurePostgres(at)
    assert.deepEqual([again.adopted, again.pid === theirs.pid], [false, false])
    assert.equal(await ask(theirs.adminUrl, 'select 7 as answer'), 7)
    // By another name it is the same folder, and the server that runs there is no other one's.
    await symlink(data, join(folder, 'link'))
    assert.equal(await servesFolder(again.pid, join(folder, 'link')), true)
  } finally {
    await theirs.remove()
  }
})

test('a server that cannot start says why', async () => {
  await (await ensurePostgres(at)).stop('immediate')
  await assert.rejects(
    ensurePostgres({ ...at, settings: { shared_buffers: 'plenty' } }),
    /PostgreSQL does not start in .*shared_buffers/,
  )
})
