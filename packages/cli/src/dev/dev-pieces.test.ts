import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startMailbox, startProvider } from 'plinth/dev'
import { ensureSecrets } from './dev-secrets.ts'
import { follower, lastLines } from './follow-file.ts'
import { freePort } from './free-port.ts'
import { levelNamed } from './log-level.ts'
import { isRunning, markOf, signal } from './process-stamp.ts'
import { listening, rememberedPort } from './remembered-ports.ts'
import { onPort } from './server-environment.ts'
import { watchFiles } from './watch-files.ts'

const home = mkdtempSync(join(tmpdir(), 'plinth-cli-'))
after(() => rmSync(home, { recursive: true, force: true }))

/** A port that is taken. Not one that the system picks: those it lends to the connections of every other test. */
async function holdPort(): Promise<{ port: number; release: () => Promise<unknown> }> {
  const port = randomInt(10_000, 32_000)
  const server = createServer().listen(port, '127.0.0.1')
  const taken = await once(server, 'listening').then(
    () => false,
    () => true,
  )
  return taken ? holdPort() : { port, release: () => once(server.close(), 'close') }
}

test('D17 a taken port gives the next free one, and the choice is remembered', async () => {
  const held = await holdPort()
  const found = await freePort(held.port)
  assert.ok(found > held.port)
  assert.equal(await rememberedPort(home, 'provider', held.port), found)
  await held.release()
  assert.equal(await rememberedPort(home, 'provider', held.port), found)
  assert.equal(await rememberedPort(home, 'other', held.port), held.port)
})

test('D17 a port that somebody took between the look and the listening is looked for again', async () => {
  const held = await holdPort()
  const log = { info() {}, warn() {}, error() {} }
  const starts: readonly ((port: number) => Promise<{ stop(): Promise<void> }>)[] = [
    (port) => startMailbox({ smtpPort: port, log }),
    (port) => startMailbox({ httpPort: port, log }),
    (port) => startProvider({ port, clients: [], log }),
  ]
  for (const start of starts) {
    const ports = [held.port, 0]
    const started = await listening(() => start(ports.shift() ?? assert.fail('looked for twice')))
    await started.stop()
  }
  await held.release()
  await assert.rejects(
    listening(() => Promise.reject(new Error('broken'))),
    { message: 'broken' },
  )
})

test('D17 base URL and redirect URI follow the port, unless they name another host', () => {
  assert.equal(onPort('http://localhost:8000', 8000, 8001), 'http://localhost:8001')
  const callback = 'http://localhost:8000/auth/web/callback'
  assert.equal(onPort(callback, 8000, 8001), 'http://localhost:8001/auth/web/callback')
  for (const url of [
    'https://shop.example:8000',
    'http://localhost:3000',
    'http://shop.test:8000/x',
  ])
    assert.equal(onPort(url, 8000, 8001), url)
})

test('a log level that is none is refused before anything is started for it', async () => {
  assert.equal(await levelNamed('WARN'), 'warn')
  const message = '--log-level takes debug, info, warning or error, not "eror". Did you mean error?'
  await assert.rejects(levelNamed('eror'), { name: 'CliError', exitCode: 2, message })
})

test('development secrets are made once, differ, and only their owner can read them', () => {
  const file = join(home, 'made', 'secrets')
  const secrets = ensureSecrets(file)
  assert.deepEqual(ensureSecrets(file), secrets)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const values = Object.values(secrets)
  assert.equal(new Set(values).size, values.length)
  assert.ok(values.every((value) => value.length >= 43))
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^CSRF.*\n/m, ''))
  const mended = ensureSecrets(file)
  assert.equal(mended['SESSION_SIGNING_SECRET'], secrets['SESSION_SIGNING_SECRET'])
  assert.notEqual(mended['CSRF_SIGNING_SECRET'], secrets['CSRF_SIGNING_SECRET'])
})

test('a process is told from one that got its number later', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  await once(child, 'spawn')
  const mark = markOf(child.pid ?? 0)
  assert.ok(isRunning(mark))
  assert.equal(isRunning({ pid: child.pid ?? 0, stamp: 'another' }), false)
  assert.equal(signal({ pid: child.pid ?? 0, stamp: 'another' }, 'SIGKILL'), false)
  assert.ok(signal(mark, 'SIGKILL'))
  await once(child, 'exit')
  assert.equal(isRunning(mark), false)
})

test('a changed source, setting or migration is noticed once; tests and editors’ files are not', async () => {
  const service = join(home, 'watched')
  for (const folder of ['src/deep', 'src/generated', 'migrations'])
    mkdirSync(join(service, folder), { recursive: true })
  writeFileSync(join(service, 'src/deep/a.ts'), 'a')
  const seen: string[][] = []
  const watching = await watchFiles(service, (files) => seen.push([...files]))
  writeFileSync(join(service, 'src/deep/a.ts'), 'ab')
  writeFileSync(join(service, 'config.yaml'), 'config: {}')
  writeFileSync(join(service, 'src/.a.ts.swp'), 'x')
  writeFileSync(join(service, 'src/deep/a.test.ts'), 'x')
  writeFileSync(join(service, 'src/generated/routes.txt'), 'x')
  writeFileSync(join(service, 'README.md'), 'x')
  await until(() => seen.length > 0)
  mkdirSync(join(service, 'src/fresh'))
  writeFileSync(join(service, 'src/fresh/b.ts'), 'b')
  await until(() => seen.flat().includes('src/fresh/b.ts'))
  watching.close()
  assert.deepEqual(
    new Set(seen.flat()),
    new Set(['config.yaml', 'src/deep/a.ts', 'src/fresh/b.ts']),
  )
})

test('logs: the last lines, then what is added, also after the file was set aside', () => {
  const file = join(home, 'server.log')
  assert.deepEqual(lastLines(file, 5), [])
  writeFileSync(file, 'one\ntwo\nthree\n')
  assert.deepEqual(lastLines(file, 2), ['two', 'three'])
  const more = follower(file)
  writeFileSync(file, 'one\ntwo\nthree\nfour\nfi')
  assert.deepEqual(more(), ['four'])
  writeFileSync(file, 'new\n')
  assert.deepEqual(more(), ['new'])
})

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !holds(); tries++) await sleep(25)
  assert.ok(holds())
}
