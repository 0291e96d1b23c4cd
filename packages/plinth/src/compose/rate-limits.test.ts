import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { open, signedIn } from '../access/index.ts'
import { feature, route } from '../feature/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import type { RedisServer } from '../testing/redis-server.fixture.ts'
import { redisPath, startRedis } from '../testing/redis-server.fixture.ts'
import { startSecondProcess } from '../testing/second-process.ts'
import { until } from '../testing/until.ts'
import { endpointFaults } from './endpoint-limits.ts'
import { ConfigRefused } from './index.ts'

const shop = feature('shop', {
  routes: [
    route('GET /open', { access: open('test'), handle: () => undefined }),
    route('GET /mine', { access: signedIn(), tenant: 'none', handle: () => undefined }),
    route('POST /enter', { access: open('test'), limit: 'sign_in', handle: () => undefined }),
  ],
})
const settings = {
  'rate_limiter.per_address.requests': 20,
  'rate_limiter.requests': 3,
  // A Redis that is there answers in time, however busy the machine is.
  'redis.command_timeout_ms': 15_000,
}

const program = redisPath()
const skip = program === undefined && 'redis-server is not installed'
let redis: RedisServer
let world: World
before(async () => {
  if (program !== undefined) redis = await startRedis(program)
  world = await startWorld({
    features: [shop],
    settings: { ...settings, ...(program !== undefined && { 'redis.url': redis.url }) },
  })
})
after(async () => {
  await world[Symbol.asyncDispose]()
  await redis?.[Symbol.asyncDispose]()
})

async function statuses(times: number, urls: readonly string[], init: RequestInit = {}) {
  const all = Array.from({ length: times }, async (_, at) => {
    const answer = await fetch(urls[at % urls.length] ?? '', init)
    await answer.arrayBuffer()
    return answer.status
  })
  return Promise.all(all)
}

const passed = (all: readonly number[]) => all.filter((status) => status === 204).length
const metrics = async (url: string) => (await fetch(`${url}/metrics`)).text()

test('AK-20 D10 two processes with one Redis let pass together what one may', {
  skip,
}, async () => {
  await redis.say('FLUSHALL')
  const own = { ...settings, 'redis.url': redis.url }
  await using second = await startSecondProcess(world, [], own, { features: [shop] })
  const urls = [`${world.url}/open`, `${second.url}/open`]
  assert.equal(passed(await statuses(200, urls)), 20)
})

test('AK-21 XF-19 FI-18 Redis killed: each process allows half, no request fails, metrics and log say so', {
  skip,
}, async () => {
  await redis.say('FLUSHALL')
  const own = { ...settings, 'redis.url': redis.url }
  await using second = await startSecondProcess(world, [], own, { features: [shop] })
  assert.match(await metrics(world.url), /^plinth_rate_limiter_degraded 0$/m)
  await redis.kill()
  try {
    // Until the breaker of each has seen three failures, each is asked once more.
    const all = await statuses(200, [`${world.url}/open`, `${second.url}/open`])
    assert.deepEqual(new Set(all), new Set([204, 429]))
    assert.equal(passed(all), 20, 'half of 20 in each of two processes')
    assert.match(await metrics(world.url), /^plinth_rate_limiter_degraded 1$/m)
    const said = world.logged.filter((line) => line.includes('limits by itself'))
    assert.equal(said.length, 1)
    assert.doesNotMatch(said.join(), /redis:\/\//)
    const ready = await fetch(`${world.url}/health/ready`)
    const body = (await ready.json()) as { checks: { redis: { status: string } } }
    assert.deepEqual([ready.status, body.checks.redis.status], [200, 'degraded'])
  } finally {
    await redis.start()
  }
  await until(async () => {
    await fetch(`${world.url}/open`)
    return /^plinth_rate_limiter_degraded 0$/m.test(await metrics(world.url))
  })
  assert.ok(world.logged.some((line) => line.includes('Redis counts again')))
})

test('SB-23 FI-20 Redis emptied or gone signs nobody in or out', { skip }, async () => {
  world.clock.advance(120_000)
  const ana = await world.signIn('ana')
  assert.equal((await ana.get('/mine')).status, 204)
  await redis.say('FLUSHALL')
  assert.equal((await ana.get('/mine')).status, 204)
  await redis.kill()
  try {
    assert.equal((await ana.get('/mine')).status, 204)
    assert.equal((await world.visitor().get('/mine')).status, 401)
  } finally {
    await redis.start()
  }
})

test('XF-19 AK-21 without Redis each process counts for itself: the bound is the quota times the processes', async () => {
  await using one = await startWorld({ features: [shop], settings })
  await using two = await startSecondProcess(one, [], settings, { features: [shop] })
  assert.equal(passed(await statuses(100, [`${one.url}/open`, `${two.url}/open`])), 40)
  assert.match(await metrics(one.url), /^plinth_rate_limited_total\{policy="address"\} 30$/m)
  const told = one.logged.filter((line) => line.includes('rate limit reached'))
  assert.equal(told.length, 1, 'one line for a flood')
  assert.match(told[0] ?? '', /"policy":"address","path":"GET \/open","client_ip":"127\.0\.0\.1"/)
})

test('XF-20 RP-11 health and metrics are never limited, the start of a sign-in is', async () => {
  await using small = await startWorld({
    features: [shop],
    settings: { 'rate_limiter.per_address.requests': 1, 'rate_limiter.requests': 1 },
  })
  await fetch(`${small.url}/open`)
  for (const path of ['/health', '/health/live', '/health/ready', '/health/database', '/metrics']) {
    assert.equal((await fetch(small.url + path)).status, 200, path)
  }
  for (const path of ['/healthz', '/health/x', '/metrics/x', '/health/live.js']) {
    assert.equal((await fetch(small.url + path)).status, 429, path)
  }
  const limits = small.service
    .census()
    .filter(({ facts }) => facts?.limit === 'sign_in')
    .map(({ method, url }) => `${method} ${url}`)
  for (const name of ['GET /auth/web/login', 'GET /auth/web/callback', 'POST /enter']) {
    assert.ok(limits.includes(name), name)
  }
})

test('a limit for a route that is not there prevents the start, with the name that was meant', async () => {
  await assert.rejects(
    startWorld({
      features: [shop],
      settings: { 'rate_limiter.endpoints.GET /opem.requests': 1 },
    }),
    (error) => error instanceof ConfigRefused && /did you mean "GET \/open"/.test(error.message),
  )
  const [line] = endpointFaults({ 'PATCH /something/else': {} }, [])
  assert.match(line ?? '', /plinth routes lists them/)
})

test('rate_limiter.enabled: false is an unsafe choice that announces itself', async () => {
  await using off = await startWorld({
    features: [shop],
    settings: { 'rate_limiter.enabled': false },
  })
  assert.match(await metrics(off.url), /plinth_unsafe_choice\{setting="rate_limiter.enabled"\} 1/)
})

/** Open routes that the general limits suffice for, and why. */
const GENERAL: Readonly<Record<string, string>> = {
  'GET /auth/web/me': 'says who is signed in, and of nobody nothing',
  'POST /auth/web/refresh': 'needs a session and its CSRF token',
  'POST /auth/web/logout': 'ends the session that it carries',
  'GET /auth/web/logged-out': 'a page',
  'GET /auth/web/frontchannel-logout': 'always refuses',
  'POST /auth/web/backchannel-logout/:provider':
    'a provider signs out many at once; refusals are counted',
  'POST /auth/refresh': 'a token of 256 bits; refusals are counted',
  'POST /auth/logout': 'a token of 256 bits; refusals are counted',
  'POST /oauth/introspect': 'each request to another service asks; refusals are counted',
  'POST /oauth/revoke': 'as introspection',
}

test('D10 MF-36 every open route that signs in, resets or sends has a limit, or a reason for none', () => {
  const without = world.service
    .census()
    .filter(({ url, facts }) => /^\/(auth|oauth)\//.test(url) && facts?.access.kind === 'open')
    .filter(({ facts }) => facts?.kind === 'api' && facts.limit === undefined)
    .map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(
    without.filter((name) => GENERAL[name] === undefined),
    [],
  )
})
