import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { RedisServer } from '../testing/redis-server.fixture.ts'
import { redisPath, startRedis } from '../testing/redis-server.fixture.ts'
import type { MfaWorld } from './mfa/mfa.fixture.ts'
import { openMfa } from './mfa/mfa.fixture.ts'

const program = redisPath()
const skip = program === undefined && 'redis-server is not installed'
let redis: RedisServer
let mfa: MfaWorld
before(async () => {
  if (program === undefined) return
  redis = await startRedis(program)
  mfa = await openMfa({
    'redis.url': redis.url,
  })
})
after(async () => {
  await mfa?.[Symbol.asyncDispose]()
  await redis?.[Symbol.asyncDispose]()
})

const POST = '/auth/web/mfa'

test('FI-20 SB-23 a Redis that is emptied forgets no code, no lock, no family and no waiting sign-in', {
  skip,
}, async () => {
  const { who, secret } = await mfa.withApp()
  const code = mfa.codeOf(secret)
  const first = await mfa.logIn(who)
  assert.equal((await first.browser.post(POST, { mfa_token: first.token, code })).status, 200)

  const client = mfa.browser()
  const plain = await mfa.account()
  const login = { username: plain.email, password: plain.password, refresh_token_in: 'body' }
  const held = String((await client.post('/auth/login', login)).body['refresh_token'])
  const next = await client.post('/auth/refresh', { refresh_token: held })
  assert.equal(next.status, 200, JSON.stringify(next.body))

  const locked = mfa.browser()
  for (let tries = 0; tries < 5; tries += 1) {
    const wrong = { username: plain.email, password: 'not the password' }
    assert.equal((await locked.post('/auth/web/login', wrong)).status, 401)
  }
  const waiting = await mfa.logIn(who)

  await redis.say('FLUSHALL')
  mfa.world.clock.advance(11_000)

  const again = await waiting.browser.post(POST, { mfa_token: waiting.token, code })
  assert.deepEqual([again.status, again.body['detail']], [401, 'Invalid MFA code'])
  const right = { username: plain.email, password: plain.password }
  assert.equal((await locked.post('/auth/web/login', right)).status, 401, 'still locked')
  const reused = await client.post('/auth/refresh', { refresh_token: held })
  assert.deepEqual([reused.status, reused.body['detail']], [401, 'Refresh token reuse detected'])
  assert.equal((await first.browser.get('/auth/web/me')).body['authenticated'], true)

  // Who waits goes on, and anybody signs in as before.
  mfa.pass(1)
  const later = { mfa_token: waiting.token, code: mfa.codeOf(secret) }
  assert.equal((await waiting.browser.post(POST, later)).status, 200)
  assert.equal((await mfa.logIn(plain)).answer.status, 200)
})
