import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, afterEach, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { runPlinth } from '../run-plinth.fixture.ts'
import { devFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'
import { freePort } from './free-port.ts'
import { isRunning } from './process-stamp.ts'
import { rememberedPort } from './remembered-ports.ts'
import { type RunningPlinth, startPlinth } from './running-plinth.fixture.ts'
import { MAIN, SERVED_CONFIG, smallService, WISHED_PORT } from './small-service.fixture.ts'
import { stopEverything } from './stop-everything.ts'

const CONFIG = `${SERVED_CONFIG}  oidc:
    providers:
      keycloak:
        issuer: \${OIDC_KEYCLOAK_ISSUER:-http://localhost:8080/realms/test-realm}
        client_id: \${OIDC_KEYCLOAK_CLIENT_ID:-}
        client_secret: \${OIDC_KEYCLOAK_CLIENT_SECRET:-}
`

const started: RunningPlinth[] = []
const { folder: service, remove } = smallService(CONFIG)

// Another environment that starts at the same time would take 8080 while a supervisor is dead.
before(() => rememberedPort(devFolder(service).home, 'provider', randomInt(10_000, 32_000)))

afterEach(() => stopEverything(devFolder(service)))

after(() => {
  for (const { child } of started) child.kill('SIGKILL')
  remove()
})

function start(...args: readonly string[]): RunningPlinth {
  const running = startPlinth(service, ...args)
  started.push(running)
  return running
}

async function plinth(...args: readonly string[]): Promise<{ code: number; output: string }> {
  const env = { ...process.env, NO_COLOR: '1' }
  const { code, out, err } = await runPlinth(args, { cwd: service, env })
  return { code, output: out + err }
}

async function ready(running: RunningPlinth): Promise<string> {
  return (await running.said(/Service +(http:\/\/localhost:\d+)/))[1] ?? ''
}

async function variables(url: string): Promise<Record<string, string>> {
  return JSON.parse(await (await fetch(url, { headers: { connection: 'close' } })).text())
}

async function states(): Promise<string> {
  const { output } = await plinth('dev', 'status', '--json')
  const { services }: { services: { name: string; state: string }[] } = JSON.parse(output)
  return services.map(({ name, state }) => `${name} ${state}`).join(', ')
}

test('plinth dev: Ctrl-C during the first start is heard at once, and no server starts after it', async () => {
  const running = start('dev')
  const { secrets } = devFolder(service)
  while (!existsSync(secrets) && running.child.exitCode === null) await sleep(25)
  running.child.kill('SIGINT')
  await running.said(/Stopping …/)
  assert.deepEqual(await running.ended, [0, null])
  assert.match(running.text(), /Stopping …[\s\S]*Migrated/, 'said before the work under way ends')
  assert.doesNotMatch(running.text(), /Ready|Starting the server/)
  assert.equal(await states(), 'postgres off, provider off, mailbox off, server off')
})

test('plinth dev: one command runs everything, and Ctrl-C stops all of it, exit code 0', async () => {
  const taken = createServer()
    .listen(WISHED_PORT, '127.0.0.1')
    .on('error', () => undefined)
  const running = start('dev')
  const url = await ready(running)
  const env = await variables(url)
  const folder = devFolder(service)
  const { postgres, supervisor } = readState(folder.home, 'state') ?? {}
  assert.notEqual(url, `http://localhost:${WISHED_PORT}`, 'D17 the next free port')
  assert.match(
    running.text(),
    new RegExp(`^Port ${WISHED_PORT} is taken .* the service is on ${new URL(url).port}\\.$`, 'm'),
  )
  assert.equal(env['BASE_URL'], url, 'D17 the base URL follows')
  assert.match(env['OIDC_KEYCLOAK_ISSUER'] ?? '', /^http:\/\/localhost:\d+\/realms\/test-realm$/)
  assert.match(env['DATABASE_URL'] ?? '', /^postgresql:\/\/app_db_user:/)
  assert.equal(env['DATABASE_OWNER_URL'], undefined)
  assert.equal(env['SMTP_HOST'], '127.0.0.1')
  assert.ok((env['SESSION_SIGNING_SECRET'] ?? '').length >= 32)
  assert.ok(!running.text().includes(env['SESSION_SIGNING_SECRET'] ?? ''))
  assert.equal(supervisor?.pid, running.child.pid)
  assert.equal(await states(), 'postgres up, provider up, mailbox up, server up')

  const second = await plinth('dev')
  assert.equal(second.code, 2)
  assert.match(second.output, /^plinth dev already runs here at http:.*`plinth dev stop` in .+\.$/)

  writeFileSync(join(service, 'src/main.ts'), `${MAIN}console.log('the second generation')\n`)
  await running.said(/the second generation[\s\S]*Reloaded in [\d.]+ s \(src\/main\.ts\)/)
  assert.match((await plinth('dev', 'logs', 'server')).output, /the second generation/)

  running.child.kill('SIGINT')
  assert.deepEqual(await running.ended, [0, null])
  assert.equal(isRunning(postgres?.process), false)
  assert.equal(await states(), 'postgres off, provider off, mailbox off, server off')
  taken.close()
})

test('what a killed supervisor left behind is taken over, and `dev stop` ends it', async () => {
  const first = start('dev')
  const issuer = (await variables(await ready(first)))['OIDC_KEYCLOAK_ISSUER']
  const { postgres } = readState(devFolder(service).home, 'state') ?? {}
  first.child.kill('SIGKILL')
  await first.ended
  assert.ok(isRunning(postgres?.process))
  assert.match((await plinth('dev', 'status')).output, /postgres +up .*takes it over/)

  const second = start('dev')
  const env = await variables(await ready(second))
  assert.equal(env['OIDC_KEYCLOAK_ISSUER'], issuer, 'people stay the same people')
  assert.equal(
    readState(devFolder(service).home, 'state')?.postgres?.process.pid,
    postgres?.process.pid,
  )
  const stop = await plinth('dev', 'stop')
  assert.deepEqual(stop, { code: 0, output: 'Stopped: server.' })
  assert.equal(isRunning(postgres?.process), false)
})

test('start-env holds the services, start-server uses them and leaves them running', async () => {
  const env = await plinth('dev', 'start-env')
  assert.equal(env.code, 0, env.output)
  assert.match(env.output, /postgres +up[\s\S]*provider +up[\s\S]*mailbox +up/)
  assert.match((await plinth('dev', 'start-env')).output, /run already/)
  const options = ['--no-reload', '--log-level', 'error', '--host', '127.0.0.1', '--port', '0']
  assert.match((await plinth('dev', 'start-server', ...options)).output, /--port takes/)
  const wished = await freePort(randomInt(10_000, 32_000))
  const server = start('dev', 'start-server', ...options.slice(0, -1), `${wished}`)
  const url = await ready(server)
  const { LOG_LEVEL, APP_HOST, APP_PORT } = await variables(url)
  assert.deepEqual([LOG_LEVEL, APP_HOST, APP_PORT], ['error', '127.0.0.1', `${wished}`])
  server.child.kill('SIGTERM')
  assert.deepEqual(await server.ended, [0, null])
  assert.equal(await states(), 'postgres up, provider up, mailbox up, server off')
  assert.match((await plinth('init-db')).output, /The database is ready/)
  assert.deepEqual(await plinth('dev', 'stop-env'), { code: 0, output: 'Stopped: services.' })
  assert.equal((await plinth('dev', 'stop')).output, 'Nothing was running.')
})

test('start-env --no-wait returns before the services run; --force stops what runs and starts it again', async () => {
  const running = () => readState(devFolder(service).home, 'state')
  assert.deepEqual(await plinth('dev', 'start-env', '--no-wait'), {
    code: 0,
    output: 'Starting in the background; `plinth dev status` tells when it runs.',
  })
  while (!isRunning(running()?.supervisor)) await sleep(25)
  const first = running()
  assert.equal((await plinth('dev', 'start-env', '--force')).code, 0)
  const second = running()
  for (const before of [first?.supervisor, first?.postgres?.process])
    assert.equal(isRunning(before), false)
  for (const now of [second?.supervisor, second?.postgres?.process]) assert.ok(isRunning(now))
})

test('a crash keeps the supervisor; --no-reload ends with exit code 1', async () => {
  writeFileSync(join(service, 'src/main.ts'), 'process.exit(7)')
  const once = await plinth('dev', '--no-reload')
  assert.equal(once.code, 1)
  assert.match(once.output, /src\/main\.ts ended \(exit code 7\)/)
  assert.equal(readState(devFolder(service).home, 'state'), undefined)
})

test('a broken configuration is refused before anything starts, in its own words', async () => {
  writeFileSync(join(service, 'config.yaml'), CONFIG.replace('base_url', 'bse_url'))
  const { code, output } = await plinth('dev')
  writeFileSync(join(service, 'config.yaml'), CONFIG)
  assert.equal(code, 1)
  assert.match(output, /^config\.yaml:4 app\.bse_url: /)
  assert.equal(readState(devFolder(service).home, 'state'), undefined)
})

test('production is refused in one sentence', async () => {
  writeFileSync(join(service, '.env'), 'APP_ENVIRONMENT=production\n')
  const { code, output } = await plinth('dev')
  rmSync(join(service, '.env'))
  assert.equal(code, 2)
  assert.match(output, /^plinth dev is for development.*`node src\/main\.ts`\.$/)
})

test('nothing secret can be read by others', () => {
  const secrets = readFileSync(devFolder(service).secrets, 'utf8')
  assert.match(secrets, /^SESSION_SIGNING_SECRET=.{43}$/m)
})
