import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { TokenWorld } from './token-api.fixture.ts'
import { inCookie, openTokenWorld } from './token-api.fixture.ts'

let tokens: TokenWorld
before(async () => {
  tokens = await openTokenWorld()
})
after(() => tokens[Symbol.asyncDispose]())

test('contract 5 a refresh gives a new access token and a new refresh token', async () => {
  const ana = await tokens.holder()
  const { status, body } = await tokens.refresh(ana.refresh)
  assert.equal(status, 200, JSON.stringify(body))
  assert.notEqual(body['refresh_token'], ana.refresh)
  const who = await tokens.get('/who', String(body['access_token']))
  assert.deepEqual(who.body, { person: ana.person, permissions: ['stock:read'], kind: 'bearer' })
  assert.equal((await tokens.get('/stock', ana.access)).status, 200)
  assert.equal(
    (await tokens.post('/stock', {}, { authorization: `Bearer ${ana.access}` })).status,
    403,
  )
  const cookie = await tokens.post(
    '/auth/refresh',
    undefined,
    inCookie(String(body['refresh_token']), ana.csrf),
  )
  assert.equal(cookie.status, 200, JSON.stringify(cookie.body))
  assert.equal((await tokens.get('/.well-known/jwks.json')).status, 200)
})
