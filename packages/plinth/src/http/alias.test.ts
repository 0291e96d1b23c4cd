import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open, signedIn } from '../access/index.ts'
import { aliasesOf, feature, route } from '../feature/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const alias = { compat: 's3', path: '/birds/:id' } as const
const birds = feature('birds', {
  routes: [
    route('GET /api/v1/birds/:id', {
      access: open('test'),
      params: { id: z.string().max(9) },
      returns: z.object({ id: z.string(), at: z.string() }),
      alias,
      handle: ({ params, request }) => ({ id: params.id, at: request.routeOptions.url ?? '' }),
    }),
    route('PUT /api/v1/birds/:id', {
      access: signedIn(),
      alias,
      params: { id: z.string() },
      handle: () => undefined,
    }),
    route('GET /api/v1/nests', {
      access: open('test'),
      alias: { compat: 's4', path: '/nests' },
      handle: () => undefined,
    }),
    route('DELETE /birds/:name', {
      access: open('test'),
      params: { name: z.string() },
      handle: () => undefined,
    }),
    route('DELETE /api/v1/birds/:id', {
      access: open('test'),
      params: { id: z.string() },
      alias,
      status: 202,
      handle: () => undefined,
    }),
  ],
})

let world: World
before(async () => {
  world = await startWorld({ features: [birds], settings: { 'app.compat': ['s3'] } })
})
after(() => world[Symbol.asyncDispose]())

const ask = async (method: string, path: string) => {
  const answer = await fetch(world.url + path, { method })
  return { status: answer.status, text: await answer.text() }
}

test('D1 app.compat: a route answers at its older path too, by the same rules', async () => {
  const both = await Promise.all(
    ['/api/v1/birds/x', '/birds/x', '/birds/x/'].map((path) => ask('GET', path)),
  )
  assert.deepEqual(
    both.map(({ status }) => status),
    [200, 200, 200],
  )
  assert.equal(both[1]?.text, '{"id":"x","at":"/birds/:id"}')
  assert.equal((await ask('GET', '/birds/much-too-long')).status, 422)
  assert.equal((await ask('PUT', '/birds/x')).status, 401, 'the guard stands there too')
  assert.equal((await ask('POST', '/birds/x')).status, 405)
  const rules = world.service.census().filter(({ url }) => url.endsWith('birds/:id'))
  assert.deepEqual(
    rules.map(({ method, url, facts }) => `${method} ${url} ${facts?.access.kind}`).sort(),
    [
      'DELETE /api/v1/birds/:id open',
      'GET /api/v1/birds/:id open',
      'GET /birds/:id open',
      'PUT /api/v1/birds/:id signed-in',
      'PUT /birds/:id signed-in',
    ],
  )
})

test('D1 app.compat: a family that it does not name is not served, and a route of one’s own goes before', async () => {
  assert.equal((await ask('GET', '/api/v1/nests')).status, 204)
  assert.equal((await ask('GET', '/nests')).status, 404)
  assert.equal((await ask('DELETE', '/birds/x')).status, 204)
  assert.equal((await ask('DELETE', '/api/v1/birds/x')).status, 202)
})

test('D1 the older path is in no API document', () => {
  const document = world.service.openApi() ?? ''
  assert.match(document, /"\/api\/v1\/birds\/\{id\}"/)
  assert.doesNotMatch(document, /"\/birds\/\{id\}"/)
})

test('an alias has the parameters of its route, or the route cannot be declared', () => {
  const declare = (path: `/${string}`) =>
    route('GET /api/v1/birds/:id', {
      access: open('test'),
      alias: { compat: 's0', path },
      handle: () => undefined,
    })
  for (const path of ['/birds', '/birds/:name', '/birds/:id/:more'] as const)
    assert.throws(() => declare(path), /has not the parameters/)
  const made: RouteOptions = declare('/b/:id')
  assert.deepEqual(aliasesOf([made], ['s3', 's4']), [])
  assert.deepEqual(
    aliasesOf([made], ['s0']).map(({ url }) => url),
    ['/b/:id'],
  )
})
