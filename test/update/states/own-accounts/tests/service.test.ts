import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld } from 'plinth/testing'
import { registry } from '../src/generated/registry.ts'

let world: Awaited<ReturnType<typeof startWorld>>
before(async () => {
  world = await startWorld({ features: registry })
})
after(() => world[Symbol.asyncDispose]())

test('the whole service starts, and people find the way in', async () => {
  const visitor = world.visitor()
  assert.equal((await visitor.get('/health/ready')).status, 200)
  assert.equal((await visitor.get('/auth/sign-in')).status, 200)
  const ana = await world.signIn('ana')
  assert.equal((await ana.get('/account')).status, 200)
})

test('whoever has not signed in reads nothing of the API', async () => {
  const routes = world.service.census().filter(({ url }) => url.startsWith('/api/'))
  for (const { method, url } of routes.filter((route) => route.method === 'GET')) {
    const path = url.replaceAll(/:\w+/g, '0198a1c0-0000-7000-8000-000000000000')
    assert.equal((await world.visitor().get(path)).status, 401, `${method} ${url}`)
  }
})
