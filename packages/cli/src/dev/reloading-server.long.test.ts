import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'
import { isRunning, markOf, type ProcessMark } from './process-stamp.ts'
import { ReloadingServer } from './reloading-server.ts'
import { startWaitingServer, type WaitingServer } from './server-process.ts'
import { statusOf } from './wait-for-server.ts'

let service: string
let port: number
let running: readonly ProcessMark[] = []
let server: ReloadingServer
let worker = false

const answering = (status: number) => `
import { createServer } from 'node:http'
const server = createServer((request, response) => response.writeHead(${status}).end())
server.listen(Number(process.env.PORT), 'localhost')
process.on('SIGTERM', () => server.close(() => process.exit(0)))
`

beforeEach(async () => {
  service = mkdtempSync(join(tmpdir(), 'plinth-reload-'))
  mkdirSync(join(service, 'src'))
  writeMain(answering(200))
  port = await freePort(randomInt(10_000, 32_000))
  server = reloading(true)
})

afterEach(async () => {
  await server.stop(1000)
  rmSync(service, { recursive: true, force: true })
})

function reloading(reloads: boolean, ahead?: WaitingServer): ReloadingServer {
  return new ReloadingServer({
    service,
    ...(ahead && { ahead }),
    logFile: join(service, 'server.log'),
    reloads,
    prepare: async () => ({
      environment: { ...process.env, PORT: String(port) },
      host: 'localhost',
      port,
      worker,
    }),
    running: (children) => {
      running = children
    },
  })
}

function writeMain(text: string): void {
  writeFileSync(join(service, 'src/main.ts'), text)
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 3_000; tries++) {
    if (await holds()) return
    await sleep(20)
  }
  assert.fail('it did not happen within a minute')
}

test('a change replaces the process; changes that come together make one restart', async () => {
  assert.equal(await server.start(), true)
  const [first] = running
  writeMain(answering(200).replace('.end()', ".end('second')"))
  server.reload(['src/main.ts'])
  server.reload(['src/other.ts'])
  await until(() => running.length === 1 && running[0]?.pid !== first?.pid)
  await until(async () => (await statusOf('localhost', port, '/')) === 200)
  assert.equal(isRunning(first), false)
})

test('a crash says why, is not repeated, and the next change mends it', async () => {
  writeMain("throw new Error('no such flower')")
  assert.equal(await server.start(), false)
  await until(() => running.length === 0)
  await sleep(200)
  assert.equal(readFileSync(join(service, 'server.log'), 'utf8').split('no such flower').length, 3)
  writeMain(answering(200))
  server.reload(['src/main.ts'])
  await until(async () => (await statusOf('localhost', port, '/')) === 200)
})

test('a server that hangs while it starts does not hold up its successor', async () => {
  writeMain('setInterval(() => {}, 1000)')
  const starting = server.start()
  await until(() => running.length === 1)
  writeMain(answering(200))
  server.reload(['src/main.ts'])
  assert.equal(await starting, false)
  await until(async () => (await statusOf('localhost', port, '/')) === 200)
})

test('without reload a server that ends is given up', async () => {
  const once = reloading(false)
  writeMain('process.exitCode = 3')
  assert.equal(await once.start(), false)
  await once.givenUp
})

test('a worker joins once the server answers', async () => {
  writeFileSync(join(service, 'src/worker.ts'), 'setInterval(() => {}, 1000)')
  worker = true
  await server.start()
  worker = false
  await until(() => running.length === 2)
})

function waiting(): WaitingServer {
  const { PORT: _, ...environment } = process.env
  return startWaitingServer({ service, entry: 'src/main.ts', environment, output: () => {} })
}

test('a process that was started ahead becomes the first server, once its variables are known', async () => {
  const ahead = waiting()
  const early = reloading(true, ahead)
  assert.equal(await early.start(), true)
  assert.deepEqual(running, [ahead.mark])
  early.reload(['src/main.ts'])
  await until(() => running.length === 1 && running[0]?.pid !== ahead.mark?.pid)
  await early.stop(1000)
})

test('a process that was started ahead and never began ends with its server', async () => {
  const ahead = waiting()
  await reloading(true, ahead).stop(1000)
  assert.equal(isRunning(ahead.mark), false)
})

test('what a main.ts imports beside the runtime is there before the runtime is', async () => {
  const runtime = join(service, 'node_modules/plinth')
  mkdirSync(runtime, { recursive: true })
  writeFileSync(
    join(runtime, 'package.json'),
    '{ "exports": { ".": "./i.js", "./server": "./s.js" } }',
  )
  writeFileSync(join(runtime, 'i.js'), '')
  writeFileSync(
    join(runtime, 's.js'),
    'globalThis.order = [...(globalThis.order ?? []), "runtime"]',
  )
  writeFileSync(
    join(service, 'src/tracing.ts'),
    'globalThis.order = [...(globalThis.order ?? []), "tracing"]',
  )
  for (const [imports, order] of [
    ["import 'plinth'", 'runtime'],
    ["import 'plinth'\nimport './tracing.ts'\nawait import('plinth/server')", 'tracing,runtime'],
  ]) {
    writeMain(`${imports}\nconsole.log(String(globalThis.order))`)
    let said = ''
    const output = (text: string) => {
      said += text
    }
    const child = startWaitingServer({
      service,
      entry: 'src/main.ts',
      environment: process.env,
      output,
    })
    child.begin({})
    await child.ended
    assert.equal(said.trim(), order)
  }
})

test('a server does not outlive a supervisor that was killed', async () => {
  const module = fileURLToPath(new URL('./server-process.ts', import.meta.url))
  const program = `
    import { startServerProcess } from ${JSON.stringify(module)}
    const { mark } = startServerProcess({
      service: ${JSON.stringify(service)}, entry: 'src/main.ts', output: () => {},
      environment: { ...process.env, PORT: '${port}' },
    })
    console.log(mark.pid)`
  const supervisor = spawn(process.execPath, ['--input-type=module', '-e', program])
  const [output] = await once(supervisor.stdout, 'data')
  const mark = markOf(Number(String(output)))
  await until(async () => (await statusOf('localhost', port, '/')) === 200)
  supervisor.kill('SIGKILL')
  await until(() => !isRunning(mark))
})
