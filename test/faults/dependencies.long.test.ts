import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { freePort, startProvider, testClient } from '../../packages/plinth/src/dev/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import type { DatabaseProxy } from './database-proxy.ts'
import { openDatabaseProxy } from './database-proxy.ts'
import { startProcess, statusOf } from './service-process.ts'

let world: World
let database: DatabaseProxy
before(async () => {
  world = await templateWorld()
  database = await openDatabaseProxy(world.testDatabase.appUrl, { up: false })
})
after(async () => {
  await database[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

interface Ready {
  readonly checks: Readonly<Record<string, { readonly status: string } | undefined>>
}

const readiness = async (url: string): Promise<readonly [number, Ready['checks']]> => {
  const answer = await fetch(`${url}/health/ready`)
  const { checks } = (await answer.json()) as Ready
  return [answer.status, checks]
}

test('FI-06 FI-07 FI-52 a database that is away: live, not ready by name, 503 in the gap only', async () => {
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  // Who waits for a connection while it comes back waits long enough on a busy machine; who is refused is told at once.
  const patience = { pool_timeout: 30, connect_timeout_ms: 10_000 }
  const settings = { database: { url: database.url, pool_size: 4, ...patience } }
  await using service = await startProcess({ world, settings })
  const { url } = service
  const list = () => fetch(`${url}/api/v1/products`, { headers })

  // It starts without its database.
  assert.equal(await statusOf(`${url}/health/live`), 200)
  const [status, checks] = await readiness(url)
  assert.deepEqual([status, checks['database']?.status], [503, 'unhealthy'])
  await assertUnavailable(await list())
  assert.equal(await statusOf(`${url}/health/database`), 503)

  await database.up()
  await until(async () => (await readiness(url))[0] === 200)
  assert.equal((await list()).status, 200)

  // It goes away under load and comes back.
  let stop = false
  const answers: Response[] = []
  const callers = Array.from({ length: 4 }, async () => {
    while (!stop) answers.push(await list())
  })
  await until(() => answers.length > 20)
  await database.down()
  await until(() => answers.some(({ status }) => status === 503))
  await until(async () => (await readiness(url))[0] === 503)
  await database.up()
  await until(async () => (await readiness(url))[0] === 200)
  const back = answers.length
  await until(() => answers.length > back + 20)
  stop = true
  await Promise.all(callers)
  const gap = answers.filter(({ status }) => status !== 200)
  for (const answer of gap) await assertUnavailable(answer)
  assert.ok(
    answers.slice(back + 8).every(({ status }) => status === 200),
    'only in the gap',
  )
  assert.equal(service.child.exitCode, null)
})

/** 503, when to come again, and nothing about the database's host. */
async function assertUnavailable(answer: Response): Promise<void> {
  const text = await answer.text()
  assert.equal(answer.status, 503, text)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
  assert.doesNotMatch(text, /127\.0\.0\.1|ECONN|postgres|plinth_test/i)
}

test('FI-52 a provider that is away: live, not ready by name, and sign-in says what to do', async () => {
  const port = await freePort()
  const keycloak = {
    issuer: `http://localhost:${port}/realms/test-realm`,
    client_id: 'test-client',
    client_secret: 'test-client-secret',
  }
  const settings = { oidc: { default_provider: 'keycloak', providers: { keycloak } } }
  await using service = await startProcess({ world, settings })
  const { url } = service
  assert.equal(await statusOf(`${url}/health/live`), 200)
  const [status, checks] = await readiness(url)
  assert.deepEqual([status, checks['oidc.keycloak']?.status], [503, 'unhealthy'])
  assert.equal(checks['database']?.status, 'healthy')
  await assertPage(await signIn(url))
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  assert.equal(await statusOf(`${url}/auth/web/me`, { headers }), 200, 'live sessions go on')

  const provider = await startProvider({ port, clients: [testClient()], log: silent })
  await until(async () => (await readiness(url))[0] === 200)
  assert.equal((await signIn(url)).status, 302)
  await provider.stop()
})

const silent = { info: () => {}, warn: () => {}, error: () => {} }

const signIn = (url: string) =>
  fetch(`${url}/auth/web/login`, { headers: { accept: 'text/html' }, redirect: 'manual' })

/** A page for a person: what happened and what to do, and nothing of the inside. */
async function assertPage(answer: Response): Promise<void> {
  const page = await answer.text()
  assert.equal(answer.status, 503, page)
  assert.match(answer.headers.get('content-type') ?? '', /text\/html/)
  assert.match(page, /The identity provider cannot be reached\. Try again in a moment\./)
  assert.doesNotMatch(page, /ECONN|127\.0\.0\.1|realms|\.ts:/)
}
