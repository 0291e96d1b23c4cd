import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { FastifyInstance, FastifyPluginAsync, FastifyRequest } from 'fastify'
import Fastify from 'fastify'
import { z } from 'zod'
import type { Principal } from '../access/index.ts'
import { open, signedIn } from '../access/index.ts'
import { createTableSql, entity } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import { contextOf, feature, mount, resource, route } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId, newToken } from '../kernel/index.ts'
import type { TestDatabase } from '../testing/database.ts'
import { openTestDatabase } from '../testing/database.ts'
import { until } from '../testing/until.ts'
import { buildService, ConfigRefused, createApp, plinth, renderCensus } from './index.ts'
import type { ServiceOptions } from './service.ts'

const gadget = entity('gadget', { name: z.string().max(40) })
const gadgets = feature('gadget', { entities: [gadget], routes: [crud(gadget)] })
const [acme, evil] = [newId<'tenant'>(), newId<'tenant'>()]

let database: TestDatabase
before(async () => {
  database = await openTestDatabase({ sql: createTableSql(gadget) })
})
after(() => database[Symbol.asyncDispose]())

const options = (more: Partial<ServiceOptions> = {}): ServiceOptions => ({
  features: [gadgets],
  file: null,
  env: {},
  logTo: { write: () => undefined },
  ...more,
  values: {
    'app.environment': 'test',
    'app.session_signing_secret': newToken(),
    'app.csrf_signing_secret': newToken(),
    'logging.file': null,
    'database.url': database.appUrl,
    'database.pool_size': 2,
    ...more.values,
  },
})

/** Somebody else's identity: a bearer token that is the name of the tenant. */
async function theirIdentity(request: FastifyRequest): Promise<Principal | undefined> {
  const name = request.headers.authorization?.replace('Bearer ', '')
  if (name !== 'acme' && name !== 'evil') return undefined
  return {
    person: newId<'person'>(),
    name,
    tenant: name === 'acme' ? acme : evil,
    permissions: ['gadget:*'],
    credential: { kind: 'bearer', id: name, authenticatedAt: 0 },
  }
}

test('what an entity declares as personal stays out of the log of the whole service', async () => {
  const lines: string[] = []
  const contact = entity('contact', { email: z.string() }, { pii: ['email'] })
  const service = await buildService(
    options({
      features: [feature('contact', { entities: [contact] })],
      logTo: { write: (line) => lines.push(line) },
    }),
  )
  service.log.warn({ row: { id: 1, email: 'ana@example.test' } }, 'not sent')
  await service.app.close()
  assert.match(lines.join(), /"row":\{"id":1,"email":"\[personal\]"\}/)
})

const as = (tenant: 'acme' | 'evil') => ({ authorization: `Bearer ${tenant}` })

/** Connections that the app role holds to this test's database, seen from outside. */
async function connections(): Promise<number> {
  const { Client } = await import('pg')
  const admin = new Client(database.adminUrl)
  await admin.connect()
  try {
    const { rows } = await admin.query<{ count: number }>(
      `select count(*)::int as count from pg_catalog.pg_stat_activity
        where datname = current_database() and usename <> current_user`,
    )
    return rows[0]?.count ?? 0
  } finally {
    await admin.end()
  }
}

test('createApp() answers inject() and does not listen; closing it closes what lies behind', async () => {
  const life: string[] = []
  const oven = resource('oven', {
    open: async () => void life.push('open'),
    close: async () => void life.push('close'),
    check: async () => undefined,
  })
  const app = await createApp(
    options({
      features: [gadgets, feature('oven', { resources: [oven] })],
      authenticate: theirIdentity,
    }),
  )
  assert.equal(app.server.listening, false)
  const payload = { name: 'Lamp' }
  const headers = as('acme')
  const created = await app.inject({ method: 'POST', url: '/api/v1/gadgets', headers, payload })
  assert.equal(created.statusCode, 201)
  const ready = await app.inject('/health/ready')
  assert.deepEqual([ready.statusCode, ready.json().checks.oven], [200, { status: 'healthy' }])
  assert.ok((await connections()) > 0)
  await app.close()
  assert.deepEqual(life, ['open', 'close'])
  await until(async () => (await connections()) === 0)
})

test('FI-03 a worker that is still starting when its service is closed is drained with it', async () => {
  const service = await buildService(options())
  let starting: ReturnType<typeof service.startWorker> | undefined
  service.app.addHook('preClose', (done) => {
    starting = service.startWorker()
    done()
  })
  await service.app.ready()
  await service.app.close()
  const worker = await starting
  const late = new Promise((done) => setTimeout(done, 10_000, 'it waits for ever').unref())
  assert.equal(typeof (await Promise.race([worker?.ready, late])), 'boolean')
})

test('createApp() without their identity serves ours', async () => {
  const app = await createApp(options())
  const me = await app.inject('/auth/web/me')
  assert.deepEqual([me.statusCode, me.json().authenticated], [200, false])
  assert.equal((await app.inject('/api/v1/gadgets')).statusCode, 401)
  await app.close()
})

test('FI-52 createApp() rejects with every fault of the configuration', async () => {
  const values = { 'app.port': 'eighty', 'database.url': 'nowhere' }
  await assert.rejects(createApp(options({ values })), (error) => {
    assert.ok(error instanceof ConfigRefused)
    assert.match(error.message, /app\.port/)
    assert.match(error.message, /database\.url/)
    return true
  })
})

test('TN-39 createApp() and plinth() refuse a superuser’s URL, naming what to do', async () => {
  const refused = (error: unknown) =>
    error instanceof ConfigRefused && /is a superuser.*plinth db setup/.test(error.message)
  const values = { 'database.url': database.adminUrl }
  await assert.rejects(createApp(options({ values })), refused)
  const theirs = Fastify()
  theirs.register(plinth(options({ values })))
  await assert.rejects(async () => theirs.ready(), refused)
  await theirs.close()
})

test('an unreachable database does not keep createApp() from starting', async () => {
  const values = { 'database.url': 'postgresql://a:hunter22@127.0.0.1:1/c' }
  const lines: string[] = []
  const logTo = { write: (line: string) => lines.push(line) }
  const app = await createApp(options({ values, authenticate: theirIdentity, logTo }))
  assert.equal((await app.inject('/health/live')).statusCode, 200)
  assert.equal((await app.inject('/health/ready')).statusCode, 503)
  const read = await app.inject({ url: '/api/v1/gadgets', headers: as('acme') })
  assert.deepEqual([read.statusCode, Number(read.headers['retry-after']) > 0], [503, true])
  const told = () => lines.filter((line) => line.includes('the database does not answer'))
  await until(() => told().length > 1)
  for (const line of told()) assert.match(line, /ECONNREFUSED/)
  assert.doesNotMatch(lines.join(), /hunter22/)
  await app.close()
})

/** Somebody's server with a plugin of theirs before Plinth. */
async function theirServer(more: Partial<ServiceOptions> = {}): Promise<FastifyInstance> {
  const app = Fastify()
  const board: FastifyPluginAsync = async (scope) => {
    scope.get('/board', async () => ({ theirs: true }))
    scope.post('/board/:id', async () => ({ theirs: true }))
  }
  app.register(board, { prefix: '/old' })
  await app.register(plinth(options({ authenticate: theirIdentity, ...more })))
  return app
}

test('plinth() inside somebody’s server: their routes go on as they were, ours are guarded', async () => {
  const app = await theirServer()
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const theirs = await fetch(`${url}/old/board`)
  assert.deepEqual(await theirs.json(), { theirs: true })
  assert.equal(theirs.headers.get('content-security-policy'), null)
  const body = JSON.stringify({ name: 'Lamp' })
  const headers = { ...as('acme'), 'content-type': 'application/json' }
  const created = await fetch(`${url}/api/v1/gadgets`, { method: 'POST', headers, body })
  assert.equal(created.status, 201)
  const path = created.headers.get('location') ?? ''
  assert.equal((await fetch(`${url}${path}`)).status, 401)
  assert.equal((await fetch(`${url}${path}`, { headers: as('acme') })).status, 200)
  assert.equal((await fetch(`${url}${path}`, { headers: as('evil') })).status, 404)
  assert.equal((await fetch(`${url}/auth/web/me`)).status, 404, 'our identity is left out')
  await app.close()
  await until(async () => (await connections()) === 0)
})

test('plinth(): their routes stand in the census as OUTSIDE, with the path they have', async () => {
  const app = Fastify()
  app.get('/board', async () => 1)
  const old: FastifyPluginAsync = async (scope) => {
    scope.post('/board/:id', async () => 1)
  }
  app.register(old, { prefix: '/old' })
  let census = ''
  const plugin: FastifyPluginAsync = async (scope) => {
    const service = await buildService(options({ app: scope, authenticate: theirIdentity }))
    scope.addHook('onReady', async () => {
      census = renderCensus(service.census())
    })
  }
  await app.register(Object.assign(plugin, { [Symbol.for('skip-override')]: true }))
  await app.ready()
  const lines = census.split('\n').map((line) => line.split(/\s+/).slice(0, 3).join(' '))
  assert.ok(lines.includes('GET /board OUTSIDE'), census)
  assert.ok(lines.includes('POST /old/board/:id OUTSIDE'), census)
  assert.ok(lines.includes('GET /api/v1/gadgets gadget:read'), census)
  assert.equal(census.match(/OUTSIDE/g)?.length, 2, census)
  await app.close()
})

test('plinth(): a route() that is registered by hand afterwards is guarded like any other', async () => {
  const app = await theirServer()
  const whoami = route('GET /whoami', {
    access: signedIn(),
    returns: z.object({ tenant: z.string() }),
    handle: ({ db }) => ({ tenant: db.tenant }),
  })
  app.route(whoami)
  app.get('/plain', { config: { access: open('a test') } }, async () => 'plain')
  await app.ready()
  assert.equal((await app.inject('/whoami')).statusCode, 401)
  const answer = await app.inject({ url: '/whoami', headers: as('evil') })
  assert.deepEqual(answer.json(), { tenant: evil })
  assert.equal((await app.inject('/plain')).payload, 'plain')
  await app.close()
})

test('plinth(): a hand-registered route without access is refused, by name', async () => {
  const app = await theirServer()
  assert.throws(() => app.get('/forgotten', async () => 1), /GET \/forgotten declares no access/)
  const later: FastifyPluginAsync = async (scope) => {
    scope.post('/later', async () => 1)
  }
  app.register(later, { prefix: '/deep' })
  await assert.rejects(async () => app.ready(), /POST \/deep\/later declares no access/)
  await app.close()
})

test('plinth() with our own identity refuses a foreign page without Origin and CSRF', async () => {
  const app = Fastify()
  await app.register(plinth(options()))
  await app.ready()
  const refused = await app.inject({
    method: 'POST',
    url: '/api/v1/gadgets',
    headers: { cookie: `user_session_id=${newToken()}` },
    payload: { name: 'Lamp' },
  })
  assert.equal(refused.statusCode, 403)
  assert.match(refused.headers['content-type'] ?? '', /problem\+json/)
  await app.close()
})

test('mount(): a foreign plugin stands under one rule, its data bound to the tenant', async () => {
  const foreign: FastifyPluginAsync = async (scope) => {
    scope.get('/names', async (request) => {
      const { db } = contextOf(request)
      const { rows } = await db.query<{ name: string }>('select name from app.gadgets')
      return rows.map(({ name }) => name)
    })
    scope.post('/names', async (request) => {
      const { name } = request.body as { readonly name: string }
      return (await gadget.insert(contextOf(request).db, { name })).name
    })
    await scope.register(async (inner) => void inner.get('/deep', async () => 'deep'))
  }
  const mounted = feature('foreign', {
    routes: [mount('/foreign', { access: gadget.can.read }, foreign)],
  })
  const app = await theirServer({ features: [gadgets, mounted] })
  await app.ready()
  const post = (tenant: 'acme' | 'evil', name: string) =>
    app.inject({ method: 'POST', url: '/foreign/names', headers: as(tenant), payload: { name } })
  assert.equal((await post('evil', 'their own')).payload, 'their own')
  const names = async (tenant: 'acme' | 'evil') =>
    (await app.inject({ url: '/foreign/names', headers: as(tenant) })).json<string[]>()
  assert.deepEqual(await names('evil'), ['their own'])
  assert.ok(!(await names('acme')).includes('their own'))
  assert.equal((await app.inject('/foreign/names')).statusCode, 401)
  assert.equal((await app.inject('/foreign/deep')).statusCode, 401)
  await app.close()
})

test('a database that is bound by the tenant of the session gives no row without one', async () => {
  const noTenant = async (): Promise<Principal> => ({
    person: newId<'person'>(),
    name: 'Nobody’s',
    tenant: null,
    permissions: [],
    credential: { kind: 'bearer', id: 'x', authenticatedAt: 0 },
  })
  const peek = feature('peek', {
    routes: [
      route('GET /peek', {
        access: signedIn(),
        returns: z.object({ tenant: z.string() }),
        handle: ({ db }) => ({ tenant: db.tenant satisfies Id<'tenant'> }),
      }),
    ],
  })
  const app = await createApp(options({ features: [peek], authenticate: noTenant }))
  const answer = await app.inject({ url: '/peek', headers: { authorization: 'Bearer x' } })
  assert.deepEqual([answer.statusCode, answer.json().code], [400, 'tenant.required'])
  await app.close()
})
