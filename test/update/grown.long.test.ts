import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import path from 'node:path'
import { before, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { migrate } from 'plinth/data'
import { openTestDatabase } from 'plinth/testing'
import { parse } from 'yaml'
import { updateService } from '../../packages/cli/src/update/update-service.ts'
import { grownFiles, growthsOf, ownFiles, thirdOf } from './grown.ts'
import { makeService, type Service, snapshot } from './service.ts'
import { readStates, type State } from './state.ts'

// Services as they are after a year of somebody's work, updated to head: nothing of theirs is changed,
// and what comes out has right types, passes its tests and starts.

let states: readonly State[]
before(async () => {
  states = thirdOf(await readStates())
})

const NODE_OPTIONS = '--conditions=plinth-source'

test('grown and rearranged services are updated to head: types, tests and boot', async (context) => {
  assert.ok(states.length >= 2)
  for (const state of states)
    for (const growth of growthsOf(state))
      await context.test(
        `${state.name}, ${growth.name} by ${growth.edits.length} edits`,
        async () => {
          await using service = await makeService(
            grownFiles(state, growth, await snapshot(state.folder)),
          )
          await update(service, state)
          await checkTypes(service)
          await runTests(service)
          await boot(service)
        },
      )
})

async function update(service: Service, state: State): Promise<void> {
  const before = await snapshot(service.folder)
  const release = async () => state.release
  const report = await updateService({ folder: service.folder, release, install: false })
  assert.equal(report.code, 'updated', JSON.stringify(report, null, 2))
  const after = await snapshot(service.folder)
  assert.deepEqual(ownFiles(after), ownFiles(before))
  assert.equal(await service.git('status', '--porcelain'), '')
  assert.ok(report.commits.includes('chore: generated files'), report.next.join('\n'))
  for (const file of ['package.json', 'config.yaml']) parse(after.get(file) ?? '')
}

async function checkTypes(service: Service): Promise<void> {
  const tsc = path.join(service.folder, 'node_modules/typescript/bin/tsc')
  const args = [tsc, '-p', '.', '--noEmit', '--customConditions', 'plinth-source']
  const { code, out } = await service.run(process.execPath, args)
  assert.equal(code, 0, out)
}

async function runTests(service: Service): Promise<void> {
  const args = ['--test', '--test-reporter=tap', 'src/**/*.test.ts', 'tests/**/*.test.ts']
  const { code, out } = await service.run(process.execPath, args, {
    NODE_OPTIONS,
    NODE_TEST_CONTEXT: undefined,
  })
  assert.equal(code, 0, out)
  assert.match(out, /^# pass [1-9]/m)
  assert.match(out, /^# skipped 0$/m)
}

async function boot(service: Service): Promise<void> {
  await using database = await openTestDatabase()
  const set = { folder: path.join(service.folder, 'migrations') }
  await migrate({ url: database.ownerUrl, set, log: { info() {}, warn() {}, error() {} } })
  const port = await freePort()
  const env = {
    ...process.env,
    NODE_OPTIONS,
    APP_PORT: String(port),
    BASE_URL: `http://localhost:${port}`,
    DATABASE_URL: database.appUrl,
    SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
    CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
  }
  const server = spawn(process.execPath, ['src/main.ts'], { cwd: service.folder, env })
  let said = ''
  for (const stream of [server.stdout, server.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk
    })
  const ended = once(server, 'exit')
  try {
    await ready(
      `http://localhost:${port}/health/ready`,
      () => server.exitCode !== null,
      () => said,
    )
    assert.equal((await fetch(`http://localhost:${port}/api/v1/products`)).status, 401)
  } finally {
    server.kill('SIGTERM')
    await ended
  }
}

const PATIENCE_MS = 60_000

async function ready(url: string, ended: () => boolean, said: () => string): Promise<void> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => undefined,
    )
    if (status === 200) return
    assert.ok(!ended() && performance.now() < until, `not ready (${status}): ${said()}`)
    await pause(100)
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0)
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}
