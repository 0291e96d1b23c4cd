import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { open } from '../../../access/index.ts'
import { route } from '../../../feature/index.ts'
import { sendRaw } from '../../../testing/raw-http.ts'
import type { LimitedHttp } from './rate-limiter.fixture.ts'
import { ask, askTimes, openLimited } from './rate-limiter.fixture.ts'
import { rateLimiterSettings } from './rate-limiter.settings.ts'

const SMALL = {
  requests: 2,
  per_address: { requests: 20 },
  per_principal: { requests: 4 },
  failed_credentials: { requests: 3 },
}

let http: LimitedHttp
before(async () => {
  http = await openLimited(SMALL)
})
after(() => http[Symbol.asyncDispose]())
// Windows are a minute; each test begins with empty ones.
beforeEach(() => {
  http.clock.advance(120_000)
  http.refused.length = 0
})

test('D10 the defaults', () => {
  const settings = rateLimiterSettings.parse({})
  assert.deepEqual(settings, {
    enabled: true,
    requests: 10,
    window_ms: 60_000,
    per_endpoint: true,
    per_method: true,
    per_address: { requests: 1_200, window_ms: 60_000 },
    per_principal: { requests: 600, window_ms: 60_000 },
    failed_credentials: { requests: 60, window_ms: 60_000 },
    route_factor: 1,
    endpoints: {},
    fallback_share: 0.5,
  })
})

test('D10 an address that asks too often is refused with 429, Retry-After and what is left', async () => {
  const first = await ask(http, '/open', { from: '198.51.100.1' })
  assert.equal(first.headers.get('ratelimit-policy'), '"address";q=20;w=60')
  assert.match(first.headers.get('ratelimit') ?? '', /^"address";r=19;t=(6[0-6])$/)
  await askTimes(19, http, '/open', { from: '198.51.100.1' })
  const refused = await fetch(`${http.url}/open`, {
    headers: { 'x-forwarded-for': '198.51.100.1' },
  })
  assert.equal(refused.status, 429)
  const body = (await refused.json()) as { code: string; detail: string }
  assert.equal(body.code, 'http.rate_limited')
  const seconds = Number(refused.headers.get('retry-after'))
  assert.ok(seconds >= 1 && seconds <= 66, `${seconds}`)
  assert.match(refused.headers.get('ratelimit') ?? '', new RegExp(`^"address";r=0;t=${seconds}$`))
  assert.equal((await ask(http, '/open', { from: '198.51.100.2' })).status, 204)
  http.clock.advance(seconds * 1_000)
  assert.equal((await ask(http, '/open', { from: '198.51.100.1' })).status, 204)
})

test('an address that matches no route is counted too', async () => {
  await askTimes(20, http, '/nowhere', { from: '198.51.100.1' })
  assert.equal((await ask(http, '/open', { from: '198.51.100.1' })).status, 429)
})

test('D5 whoever is refused before it is known who they are is told of their limits too', async () => {
  const headers = {
    'x-forwarded-for': '198.51.100.3',
    authorization: 'Bearer ben',
    'x-api-key': 'k',
  }
  const refused = await fetch(`${http.url}/mine`, { headers })
  assert.equal(refused.status, 400)
  assert.equal(refused.headers.get('ratelimit-policy'), '"address";q=20;w=60')
  assert.match(refused.headers.get('ratelimit') ?? '', /^"address";r=19;t=\d+$/)
})

test('XF-08 a thousand addresses of one IPv6 network of 64 bits are one', async () => {
  const addresses = Array.from({ length: 25 }, (_, at) => `2001:db8:1:2:${at + 1}::${at}`)
  const statuses: number[] = []
  for (const from of addresses) statuses.push((await ask(http, '/open', { from })).status)
  assert.equal(statuses.filter((status) => status === 429).length, 5)
  assert.equal((await ask(http, '/open', { from: '2001:db8:1:3::1' })).status, 204)
  assert.equal((await ask(http, '/open', { from: '::ffff:198.51.100.9' })).status, 204)
})

test('D10 a principal is counted wherever they ask from, and others are not held back', async () => {
  const statuses = []
  for (let at = 0; at < 6; at++) {
    statuses.push((await ask(http, '/mine', { from: `198.51.100.${at}`, as: 'ana' })).status)
  }
  assert.deepEqual(statuses, [204, 204, 204, 204, 429, 429])
  const ben = await ask(http, '/mine', { from: '198.51.100.1', as: 'ben' })
  assert.equal(ben.status, 204)
  assert.equal(ben.headers.get('ratelimit-policy'), '"address";q=20;w=60, "principal";q=4;w=60')
  assert.match(ben.headers.get('ratelimit') ?? '', /"principal";r=3;t=\d+$/)
})

test('AK-20 a key with a limit of its own has that one, not everybody’s', async () => {
  assert.deepEqual(await askTimes(4, http, '/mine', { as: 'key-1' }), [204, 204, 204, 429])
  const other = await ask(http, '/mine', { as: 'key-2' })
  assert.equal(other.status, 204)
  assert.match(other.headers.get('ratelimit-policy') ?? '', /"key";q=3;w=60/)
})

test('AK-17 AK-20 a key and the one that replaces it have one limit together', async () => {
  assert.deepEqual(await askTimes(2, http, '/mine', { as: 'key-3 old' }), [204, 204])
  assert.deepEqual(await askTimes(2, http, '/mine', { as: 'key-3 new' }), [204, 429])
})

test('a route’s own quota is counted by principal, and by address where nobody is signed in', async () => {
  const from = '198.51.100.1'
  assert.deepEqual(await askTimes(3, http, '/things/1', { from, as: 'ana' }), [204, 204, 429])
  assert.deepEqual(await askTimes(3, http, '/things/1', { from, as: 'ben' }), [204, 204, 429])
  assert.deepEqual(await askTimes(3, http, '/things/1', { from }), [204, 204, 429])
  assert.equal((await ask(http, '/things/1', { from: '198.51.100.2' })).status, 204)
  assert.equal((await ask(http, '/things/1', { from, method: 'PUT' })).status, 204)
})

const spellings: readonly [string, string?][] = [
  ['/things/1'],
  ['/things/2/'],
  ['/things/%33?b=1&a=2'],
  ['/things/4?a=2&b=1'],
  ['/things/5', 'HEAD'],
  ['/things/6?x=%20'],
]
test('XF-18 limits are keyed by the route, not by how its path is spelled', async () => {
  const statuses = []
  for (const [path, method = 'GET'] of spellings) {
    statuses.push((await ask(http, path, { from: '198.51.100.1', method })).status)
  }
  assert.equal(statuses.filter((status) => status === 429).length, spellings.length - 2)
  const lower = await sendRaw(http.port, 'get /things/1 HTTP/1.1\r\nHost: x\r\n\r\n')
  assert.equal(lower.status, 400, 'a method in another case is no method')
})

test('each route of a mounted plugin has the quota of the mount', async () => {
  const from = '198.51.100.1'
  assert.deepEqual(await askTimes(3, http, '/foreign/one', { from }), [200, 200, 429])
  assert.equal((await ask(http, '/foreign/two', { from })).status, 200)
})

test('XF-20 only a route that says so is unlimited, and nothing that merely looks like it', async () => {
  const from = '198.51.100.1'
  const free = await askTimes(40, http, '/probe', { from })
  assert.ok(free.every((status) => status === 204))
  assert.equal((await ask(http, '/probe', { from })).headers.get('ratelimit'), null)
  assert.equal((await ask(http, '/lifted/one', { from })).headers.get('ratelimit'), null)
  for (const path of [
    '/lifted/two',
    '/probe/x',
    '/probe.js',
    '/probe%2f',
    '/probe;a',
    '/x/probe',
    '/open?/probe',
  ]) {
    const answer = await ask(http, path, { from })
    assert.match(answer.headers.get('ratelimit') ?? '', /^"address"/, path)
  }
})

test('XF-20 an unknown address below a plugin that nothing limits lifts no limit, its own neither', async () => {
  await using fresh = await openLimited(SMALL)
  for (const path of ['/lifted/two', '/nowhere']) {
    const answer = await ask(fresh, path)
    assert.match(answer.headers.get('ratelimit') ?? '', /^"address"/, path)
  }
})

test('the class sign-in is counted by address, each endpoint and method for itself', async () => {
  const from = '198.51.100.1'
  assert.deepEqual(await askTimes(3, http, '/enter', { from }), [204, 204, 429])
  assert.deepEqual(await askTimes(2, http, '/reset', { from, method: 'POST' }), [204, 204])
  const post = await ask(http, '/enter', { from, method: 'POST', account: 'x' })
  assert.equal(post.status, 204)
  assert.equal(post.headers.get('ratelimit-policy'), '"address";q=20;w=60, "sign-in";q=2;w=60')
})

test('MF-36 one account is tried so often from all addresses together, and its name is not kept', async () => {
  const tries = []
  for (let at = 0; at < 4; at++) {
    const by = { from: `198.51.100.${at}`, method: 'POST', account: 'ana@example.com' }
    tries.push((await ask(http, '/enter', by)).status)
  }
  assert.deepEqual(tries, [204, 204, 429, 429])
  assert.equal(http.refused[0]?.policy, 'account')
  assert.doesNotMatch(JSON.stringify(http.refused), /ana@/)
})

test('MF-36 one address that tries one password on a thousand accounts is stopped', async () => {
  const statuses = []
  for (let at = 0; at < 15; at++) {
    const by = { from: '198.51.100.1', method: 'POST', account: `person ${at}` }
    statuses.push((await ask(http, '/enter', by)).status)
  }
  assert.equal(statuses.filter((status) => status === 204).length, 2)
})

for (const name of ['wrong', 'throws']) {
  test(`AK-22 credentials that are not valid (${name}) are limited by address, and hold no valid one back`, async () => {
    const from = '198.51.100.1'
    assert.deepEqual(await askTimes(4, http, '/mine', { from, as: name }), [401, 401, 401, 429])
    const good = await ask(http, '/mine', { from, as: 'ana' })
    assert.equal(good.status, 204)
    assert.doesNotMatch(good.headers.get('ratelimit') ?? '', /failed/)
    assert.equal((await ask(http, '/mine', { from, as: name })).status, 429)
    assert.equal((await ask(http, '/open', { from })).status, 204, 'who shows none is let pass')
    assert.equal((await ask(http, '/mine', { from: '198.51.100.2', as: 'ana' })).status, 204)
  })
}

test('AK-22 whoever shows wrong credentials goes on being counted against their address', async () => {
  const from = '198.51.100.1'
  const statuses = await askTimes(20, http, '/mine', { from, as: 'wrong' })
  assert.deepEqual(new Set(statuses.slice(3)), new Set([429]))
  assert.equal((await ask(http, '/open', { from })).status, 429)
})

test('B17 enabled: false lifts the general limits and leaves those of sign-in and of credentials', async () => {
  await using lifted = await openLimited({ ...SMALL, enabled: false })
  const from = '198.51.100.1'
  assert.deepEqual(new Set(await askTimes(25, lifted, '/open', { from })), new Set([204]))
  assert.deepEqual(new Set(await askTimes(6, lifted, '/mine', { from, as: 'ana' })), new Set([204]))
  assert.deepEqual(new Set(await askTimes(4, lifted, '/things/1', { from })), new Set([204]))
  assert.deepEqual(await askTimes(3, lifted, '/enter', { from }), [204, 204, 429])
  assert.deepEqual(await askTimes(4, lifted, '/mine', { from, as: 'key-1' }), [204, 204, 204, 429])
  assert.equal((await askTimes(4, lifted, '/mine', { from, as: 'wrong' })).at(-1), 429)
})

const groups: readonly [object, number, number][] = [
  [{ per_endpoint: false }, 429, 204],
  [{ per_method: false }, 204, 429],
  [{ per_endpoint: false, per_method: false }, 429, 429],
]
for (const [settings, reset, otherMethod] of groups) {
  test(`B17 ${JSON.stringify(settings)} counts together what the names say`, async () => {
    await using grouped = await openLimited({ ...SMALL, ...settings })
    const from = '198.51.100.1'
    await askTimes(2, grouped, '/enter', { from, method: 'POST', account: 'a' })
    assert.equal((await ask(grouped, '/reset', { from, method: 'POST' })).status, reset)
    assert.equal((await ask(grouped, '/enter', { from })).status, otherMethod)
  })
}

test('D10 endpoints that share a counter keep windows of their own length', async () => {
  const endpoints = { 'POST /enter': { requests: 2, window_ms: 600_000 } }
  await using grouped = await openLimited({ per_endpoint: false, endpoints })
  const [from, method, account] = ['198.51.100.1', 'POST', 'a']
  assert.equal((await ask(grouped, '/reset', { from, method })).status, 204)
  assert.deepEqual(await askTimes(3, grouped, '/enter', { from, method, account }), [204, 204, 429])
  grouped.clock.advance(67_000)
  assert.equal((await ask(grouped, '/enter', { from, method, account })).status, 429)
})

test('D10 the account’s part is counted with that of the class, also by routes that are not of it', async () => {
  await using grouped = await openLimited({ per_endpoint: false, requests: 2 })
  const asked = { from: '198.51.100.1', method: 'POST', account: 'a' }
  assert.equal((await ask(grouped, '/enter', asked)).status, 204)
  assert.deepEqual(await askTimes(2, grouped, '/ask', asked), [204, 429])
})

test('B17 requests and window_ms are the figures of the class sign-in', async () => {
  await using quick = await openLimited({ requests: 1, window_ms: 20_000 })
  const from = '198.51.100.1'
  assert.deepEqual(await askTimes(2, quick, '/enter', { from }), [204, 429])
  quick.clock.advance(22_000)
  assert.equal((await ask(quick, '/enter', { from })).status, 204)
})

test('configuration limits single endpoints and methods, also those that declare a limit', async () => {
  await using configured = await openLimited({
    endpoints: {
      'GET /open': { requests: 1 },
      '/things/:id': { requests: 3 },
      'POST /enter': { requests: 1 },
      'GET /probe': { requests: 1 },
    },
  })
  const from = '198.51.100.1'
  assert.deepEqual(await askTimes(2, configured, '/open', { from }), [204, 429])
  assert.deepEqual(await askTimes(4, configured, '/things/1', { from }), [204, 204, 204, 429])
  const put = { from, method: 'PUT' }
  assert.deepEqual(await askTimes(4, configured, '/things/1', put), [204, 204, 204, 429])
  assert.deepEqual(await askTimes(2, configured, '/enter', { from, method: 'POST' }), [204, 429])
  assert.deepEqual(await askTimes(2, configured, '/probe', { from }), [204, 429])
})

for (const [factor, passes] of [
  [2, 4],
  [0.5, 1],
  [0.01, 1],
] as const) {
  test(`rate_limiter.route_factor: ${factor} is what the quotas of routes are multiplied by, and no other`, async () => {
    await using scaled = await openLimited({ ...SMALL, route_factor: factor })
    const own = await askTimes(6, scaled, '/things/1')
    assert.equal(own.filter((status) => status === 204).length, passes)
    assert.deepEqual(await askTimes(3, scaled, '/enter'), [204, 204, 429])
  })
}

test('a limit that cannot be counted does not register', () => {
  const declare = (limit: object) => () =>
    route('GET /x', { access: open('test'), limit: limit as never, handle: () => undefined })
  assert.throws(declare({ requests: 0, windowMs: 1_000 }), /requests is 0/)
  assert.throws(declare({ requests: 1, windowMs: 10 }), /windowMs is 10/)
  assert.throws(declare({ unlimited: ' ' }), /needs the reason/)
})

test('what a handler counts and no guard saw is an error, not a pass', async () => {
  const { limitBy } = await import('./limit-by.ts')
  await assert.rejects(limitBy({} as never, 'sign_in', 'ana'), TypeError)
})

test('what a principal does too often is no row of the audit log each time', async () => {
  const put = { method: 'PUT', as: 'ana' }
  assert.deepEqual(await askTimes(4, http, '/things/1', put), [204, 204, 429, 429])
  const tries = ['198.51.100.1', '198.51.100.2', '198.51.100.3'].map((from) =>
    ask(http, '/enter', { from, method: 'POST', as: 'ben', account: 'ben' }),
  )
  const statuses = (await Promise.all(tries)).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [204, 204, 429])
  const rows = http.refusals.filter(({ actor }) => actor.kind !== 'anonymous')
  assert.deepEqual(rows, [])
})
