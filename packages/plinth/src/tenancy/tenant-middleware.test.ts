import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyInstance, InjectOptions } from 'fastify'
import Fastify from 'fastify'
import type { TenantMiddlewareOptions } from './index.ts'
import {
  assertSameTenant,
  HeaderTenantStrategy,
  JwtClaimTenantStrategy,
  PathTenantStrategy,
  SubdomainTenantStrategy,
  splitTenantPath,
  TenantIsolationError,
  tenantMiddleware,
  tenantOf,
} from './index.ts'

const all = () => [
  HeaderTenantStrategy('X-Tenant-ID'),
  SubdomainTenantStrategy('api.example.com'),
  JwtClaimTenantStrategy('tenant_id'),
  PathTenantStrategy(),
]

/** Somebody else's server: the middleware, after a hook that leaves verified claims in request.user. */
async function theirs(options: Partial<TenantMiddlewareOptions> = {}): Promise<FastifyInstance> {
  const app = Fastify({ rewriteUrl: splitTenantPath })
  app.addHook('onRequest', async (request) => {
    const claims = request.headers['x-claims']
    if (typeof claims === 'string') Object.assign(request, { user: JSON.parse(claims) })
  })
  await app.register(tenantMiddleware({ strategies: all(), ...options }))
  app.get('/here', async (request) => ({ tenant: tenantOf(request) ?? null }))
  app.get('/things/:tenant', async (request) => {
    const { tenant } = request.params as { readonly tenant: string }
    assertSameTenant({ tenant: tenantOf(request) }, tenant)
    return 'theirs'
  })
  return app
}

const ask = async (app: FastifyInstance, options: InjectOptions) => {
  const answer = await app.inject(options)
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
}

const ways: readonly (readonly [string, InjectOptions])[] = [
  ['header', { url: '/here', headers: { 'x-tenant-id': 'acme' } }],
  ['subdomain', { url: '/here', headers: { host: 'acme.api.example.com' } }],
  ['claim', { url: '/here', headers: { 'x-claims': '{"tenant_id":"acme"}' } }],
  ['path', { url: '/t/acme/here' }],
]
for (const [way, options] of ways) {
  test(`TN-01 TN-03 on somebody else’s server: the tenant by ${way}`, async () => {
    await using app = await theirs({ required: true })
    assert.deepEqual(await ask(app, options), { status: 200, body: { tenant: 'acme' } })
  })
}

test('TN-02 TN-03 D11 the refusals reach the caller as they are: 404, 400, 400', async () => {
  await using app = await theirs({ required: true, validator: async (tenant) => tenant === 'acme' })
  const tried: readonly (readonly [InjectOptions, number, string])[] = [
    [{ url: '/here' }, 400, 'Tenant identifier required'],
    [{ url: '/t/evil/here' }, 404, 'Tenant not found or inactive'],
    [
      { url: '/t/acme/here', headers: { 'x-tenant-id': 'evil' } },
      400,
      'The request names more than one tenant. Name the one that you are signed in to, or switch first.',
    ],
  ]
  for (const [options, status, detail] of tried) {
    const answer = await ask(app, options)
    assert.deepEqual([answer.status, answer.body['detail']], [status, detail])
  }
  const odd = await ask(app, { url: '/here', headers: { 'x-tenant-id': 'ACME' } })
  assert.deepEqual([odd.status, odd.body['code']], [400, 'tenant.malformed'])
  const claim = await ask(app, { url: '/here', headers: { 'x-claims': '{"tenant_id":["acme"]}' } })
  assert.deepEqual([claim.status, claim.body['code']], [401, 'tenant.invalid_claim'])
})

test('a default is for requests that name none, is validated too, and never stands in for a refusal', async () => {
  await using app = await theirs({
    defaultTenant: 'acme',
    validator: (tenant) => tenant !== 'evil',
  })
  assert.deepEqual((await ask(app, { url: '/here' })).body, { tenant: 'acme' })
  assert.equal((await ask(app, { url: '/t/evil/here' })).status, 404)
  await using shut = await theirs({
    defaultTenant: 'evil',
    validator: (tenant) => tenant !== 'evil',
  })
  assert.equal((await ask(shut, { url: '/here' })).status, 404)
  assert.throws(() => tenantMiddleware({ strategies: [], defaultTenant: 'No Name' }), TypeError)
})

test('a validator that fails lets nobody in', async () => {
  const validator = () => Promise.reject(new Error('its database is down'))
  await using app = await theirs({ validator })
  assert.equal((await ask(app, { url: '/t/acme/here' })).status, 500)
})

test('TenantIsolationError: an object of another tenant is not found', async () => {
  await using app = await theirs()
  const touched = (url: string) => app.inject(url).then(({ statusCode }) => statusCode)
  assert.equal(await touched('/t/acme/things/acme'), 200)
  assert.equal(await touched('/t/acme/things/evil'), 404)
  assert.equal(await touched('/things/acme'), 404)
  assert.throws(() => assertSameTenant({ tenant: 'acme' }, null), TenantIsolationError)
  assert.throws(() => assertSameTenant({ tenant: undefined }, undefined), TenantIsolationError)
})
