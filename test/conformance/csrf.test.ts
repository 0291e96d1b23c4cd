import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { checksum } from './data.ts'
import type { Target } from './routes.ts'
import { unsafeTargets } from './routes.ts'
import type { Reply, Shape } from './send.ts'
import { send } from './send.ts'
import { COOKIE, FRONT, OWN, openService } from './service.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

// Every shape is tried on every route that a session cookie can change something through, and the
// rows of the database are compared afterwards.

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

let world: World
let ana: Visitor
let anaElsewhere: Visitor
let eve: Visitor
let routes: readonly Target[]
let before1: string
/** The CSRF token that ana's third browser had before its session got a new id. */
let outdated: { readonly headers: Headers; readonly csrf: string }

before(async () => {
  world = await openService()
  ana = await visit(world, 'ana')
  anaElsewhere = await visit(world, 'ana')
  eve = await visit(world, 'eve', { tenant: 'evil' })
  outdated = await rotated(await visit(world, 'ana'))
  const lamp = await ana.person.post('/api/v1/products', { sku: 'LAMP-1', name: 'Lamp', price: 1 })
  assert.equal(lamp.status, 201)
  const id = String(lamp.body['id'])
  routes = unsafeTargets(world, { '/api/v1/products/:id': id })
  before1 = await checksum(world)
})
after(() => world[Symbol.asyncDispose]())

async function rotated(visitor: Visitor) {
  const { person, csrf, headers } = visitor
  const answer = await person.post('/auth/web/refresh')
  assert.equal(answer.status, 200)
  return { csrf, headers: { ...headers, cookie: `${COOKIE}=${person.cookies.get(COOKIE)}` } }
}

/** The shape on one route; a header that is undefined is left out. */
function attempt(route: Target, headers: Headers, body = route.body, at = world): Promise<Reply> {
  const typed = body === undefined ? {} : { 'content-type': 'application/json' }
  const kept = Object.entries({ ...typed, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const shape: Shape = { method: route.method, headers: Object.fromEntries(kept) }
  return send(at.url, route.path, body === undefined ? shape : { ...shape, body })
}

/** All routes refuse all shapes with one of the statuses, and no row changes. */
async function refused(
  shapes: readonly Headers[],
  statuses: readonly number[] = [403],
  body?: string,
): Promise<void> {
  for (const route of routes) {
    for (const shape of shapes) {
      const answer = await attempt(route, { ...ana.headers, ...shape }, body ?? route.body)
      const what = `${route.method} ${route.url} ${JSON.stringify(shape).slice(0, 200)}`
      assert.ok(statuses.includes(answer.status), `${what} → ${answer.status} ${answer.text}`)
      if (answer.status === 403) assert.match(answer.code, /^http\.(csrf|origin)$/, what)
    }
  }
  assert.equal(await checksum(world), before1, 'a row was changed')
}

/** All routes let the shapes pass the guard; each with a session of its own, as sign-out ends it. */
async function accepted(shapes: readonly Headers[]): Promise<void> {
  for (const shape of shapes) {
    for (const route of unsafeTargets(world)) {
      const visitor = await visit(world, 'bob', { tenant: 'bobs' })
      const answer = await attempt(route, { ...visitor.headers, ...shape })
      const what = `${route.method} ${route.url} ${JSON.stringify(shape)}`
      assert.doesNotMatch(answer.code, /^(http|access)\.(?!invalid)/, `${what} → ${answer.text}`)
      assert.ok(answer.status < 500, what)
    }
  }
  before1 = await checksum(world)
}

const without = (...names: readonly string[]): Headers =>
  Object.fromEntries(names.map((name) => [name, undefined]))

test('SB-42 the routes are those of the running service, and none is left out', () => {
  const names = routes.map(({ method, url }) => `${method} ${url}`)
  for (const known of [
    'POST /auth/web/logout',
    'POST /auth/web/refresh',
    'POST /api/v1/products',
  ]) {
    assert.ok(names.includes(known), known)
  }
  assert.ok(names.length >= 6)
})

test('CS-01 v5.0.0-V3.5.1 own origin, header token and JSON pass on every unsafe route', () =>
  accepted([{}]))

test('CS-02 SB-42 v5.0.0-V3.5.1 no token is refused', () => refused([without('x-csrf-token')]))

test('CS-03 SB-42 empty and placeholder tokens are refused', () =>
  refused(['', ' ', '\t', 'undefined', 'null', 'NaN', '[object Object]', '0', 'true'].map(token)))

test('CS-04 SB-42 altered tokens are refused', () => {
  const { csrf } = ana
  const flipped = `${csrf.startsWith('A') ? 'B' : 'A'}${csrf.slice(1)}`
  const last = `${csrf.slice(0, -1)}${csrf.endsWith('A') ? 'B' : 'A'}`
  const cut = [csrf.slice(1), csrf.slice(0, -1), csrf.slice(0, 16), csrf.slice(0, 1)]
  const cases = [csrf.toUpperCase(), csrf.toLowerCase()].filter((text) => text !== csrf)
  const more = [csrf + csrf, `${csrf}=`, `${csrf}%`, `"${csrf}"`, `${csrf} ${csrf}`, `${csrf};`]
  return refused([flipped, last, ...cut, ...cases, ...more].map(token))
})

test('CS-05 SB-42 the token of another person’s session is refused', () =>
  refused([token(eve.csrf)]))

test('CS-06 SB-43 the token of one’s own other session is refused', () =>
  refused([token(anaElsewhere.csrf)]))

test('CS-07 SB-42 SB-43 a token from before rotation is refused on the new session', async () => {
  await refused([{ ...outdated.headers, 'x-csrf-token': outdated.csrf }])
})

test('CS-09 D4 a token has no time to edit: whatever is put before or after it is refused', () => {
  const { csrf } = ana
  const hour = Math.floor(world.clock.now() / 3_600_000)
  const edited = ['9999999', hour, hour + 1, hour - 1, 0, -1].map((time) => `${time}:${csrf}`)
  return refused([...edited, `${csrf}:${hour}`, `${hour}.${csrf}`, `:${csrf}`].map(token))
})

test('CS-10 two token headers are refused in either order, and so is a joined one', () => {
  const { csrf } = ana
  const pairs = [[csrf, 'x'], ['x', csrf], [csrf, csrf], [csrf, '']] // biome-ignore format: pairs
  const joined = [`${csrf}, x`, `x, ${csrf}`, `${csrf},${csrf}`, `${csrf},`]
  return refused([...pairs, ...joined].map(token), [400, 403])
})

test('CS-11 SB-44 a token in the query, a cookie or a header of another name counts nothing', async () => {
  const { csrf, headers } = ana
  const none = without('x-csrf-token')
  await refused([
    { ...none, cookie: `${headers['cookie']}; X-CSRF-Token=${csrf}; csrf_token=${csrf}` },
    { ...none, cookie: `XSRF-TOKEN=${csrf}; ${headers['cookie']}`, 'x-xsrf-token': csrf },
    { ...none, x_csrf_token: csrf },
    { ...none, 'csrf-token': csrf, 'x-csrftoken': csrf, 'x-csrf': csrf },
    { ...none, 'x-csrf-token-': csrf, 'x-csrf.token': csrf },
  ])
  for (const route of routes) {
    const query = `?csrf_token=${csrf}&X-CSRF-Token=${csrf}&_csrf=${csrf}`
    const answer = await attempt({ ...route, path: route.path + query }, { ...headers, ...none })
    assert.deepEqual([answer.status, answer.code], [403, 'http.csrf'], route.url)
  }
})

test('CS-11 SB-44 a token in the body counts nothing', () => {
  const { csrf } = ana
  const body = JSON.stringify({ csrf_token: csrf, _csrf: csrf, 'X-CSRF-Token': csrf })
  return refused([without('x-csrf-token')], [403], body)
})

test('CS-12 v5.0.0-V3.5.2 an unsafe request without a body needs the token too', async () => {
  for (const route of routes) {
    const answer = await attempt(
      { ...route, body: undefined },
      { ...ana.headers, ...without('x-csrf-token'), 'content-length': '0' },
    )
    assert.deepEqual([answer.status, answer.code], [403, 'http.csrf'], route.url)
  }
  assert.equal(await checksum(world), before1)
})

const types = (names: readonly string[]): Headers[] =>
  names.map((type) => ({ 'content-type': type }))
const tokenless = (shape: Headers): Headers => ({ ...shape, ...without('x-csrf-token') })
const forged = JSON.stringify({ sku: 'FORGED-1', name: 'Forged', price: 1 })

test('CS-13 CS-17 v5.0.0-V3.5.2 plain text that holds JSON is refused, with and without the token', async () => {
  const shapes = types(['text/plain', 'text/plain;charset=UTF-8', 'TEXT/PLAIN', 'text/json'])
  await refused(shapes.map(tokenless), [403], forged)
  await refused(shapes, [415], forged)
  const imitation = `{"sku":"FORGED-1","name":"Forged","price":1,"ignore":"=x"}\r\n`
  await refused(shapes.map(tokenless), [403], imitation)
  await refused(shapes, [415], imitation)
})

test('CS-14 v5.0.0-V3.5.2 a URL-encoded form is refused', async () => {
  const form = types([
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; a=b',
  ])
  await refused(form.map(tokenless), [403], 'sku=FORGED-1&name=Forged&price=1')
  await refused(form, [415], 'sku=FORGED-1&name=Forged&price=1')
})

test('CS-15 v5.0.0-V3.5.2 a multipart form is refused', async () => {
  const part = '--x\r\nContent-Disposition: form-data; name="sku"\r\n\r\nFORGED-1\r\n--x--\r\n'
  const form = types(['multipart/form-data; boundary=x', 'multipart/mixed; boundary=x'])
  await refused(form.map(tokenless), [403], part)
  await refused(form, [415], part)
})

const NOT_JSON = [
  'text/plain; application/json',
  'application/json; charset=utf-16',
  'application/json; charset=latin1',
  'application/json; charset=utf-8; charset=utf-16',
  'application/json; profile=x',
  'application/json, text/plain',
  'application/json,application/json',
  'application/json\ta',
  'application/json a',
  'application/jsonp',
  'application/json5',
  'application/x-json',
  'application/vnd.api+json',
  'application/problem+json',
  'application/csp-report',
  'application/reports+json',
  'application/*',
  '*/*',
  'json',
  '/json',
  'application/',
  'application /json',
  '"application/json"',
  '',
]

test('CS-16 a body is parsed only if its type is really JSON in UTF-8', async () => {
  await refused(types(NOT_JSON), [400, 415], forged)
  await refused([{ 'content-type': undefined }], [415], forged)
  await refused([{ 'content-type': ['application/json', 'text/plain'] }], [400], forged)
  await refused([{ 'content-type': ['text/plain', 'application/json'] }], [400], forged)
  const good = types(['application/json', 'APPLICATION/JSON', 'application/json ; charset="UTF-8"'])
  const [create] = routes.filter(
    ({ method, url }) => `${method} ${url}` === 'POST /api/v1/products',
  )
  assert.ok(create)
  for (const [at, type] of good.entries()) {
    const body = JSON.stringify({ sku: `TYPE-${at}`, name: 'Typed', price: 1 })
    assert.equal((await attempt(create, { ...ana.headers, ...type }, body)).status, 201)
  }
  before1 = await checksum(world)
})

test('CS-18 a foreign Origin is refused despite a good token', () =>
  refused(
    ['https://evil.test', 'https://app.example.evil.test', 'http://app.example', ''].map(origin),
  ))

test('CS-19 Origin null is refused despite a good token, whatever the Referer says', () =>
  refused([origin('null'), { origin: 'null', referer: `${OWN}/` }, origin('NULL')]))

const referers = (list: readonly string[]): Headers[] =>
  list.map((referer) => ({ origin: undefined, referer }))

test('CS-20 D4 an own Referer stands in for a missing Origin', () =>
  accepted([
    ...referers([`${OWN}/`, `${OWN}/page?x=https://evil.test`, OWN, `${FRONT}/app`]),
    { origin: undefined, referer: `${OWN}/`, 'sec-fetch-site': 'same-origin' },
  ]))

test('CS-21 a foreign Referer is refused', () =>
  refused(
    referers([
      'https://evil.test/',
      `${OWN}.evil/`,
      `${OWN}.evil.test/`,
      `https://evil.test/?${OWN}`,
      `https://evil.test/${OWN}/`,
      `https://evil.test#${OWN}/`,
      `${OWN}@evil.test/`,
      `${OWN}:443@evil.test/`,
      `https://user@app.example/`,
      `https://evil.test\\@app.example/`,
      `${OWN}\\.evil.test/`,
      `${OWN}:8443/`,
      `${OWN}:443/`,
      `${OWN}./`,
      'http://app.example/',
      'https://sub.app.example/',
      'https://example/',
      'HTTPS://APP.EXAMPLE/',
      '//app.example/',
      'app.example/',
      'https:app.example/',
      'https:///app.example/',
      'null',
      '',
      'about:blank',
      `blob:${OWN}/8f2b`,
      `data:text/html,${OWN}/`,
      `view-source:${OWN}/`,
      `${OWN}, https://evil.test/`,
      `https://evil.test/, ${OWN}/`,
      ` x ${OWN}/`,
    ]),
  ))

test('CS-21 two Referers are refused, whichever comes first', () =>
  refused(
    [
      { origin: undefined, referer: [`${OWN}/`, 'https://evil.test/'] },
      { origin: undefined, referer: ['https://evil.test/', `${OWN}/`] },
    ],
    [400],
  ))

test('CS-22 D4 neither Origin nor Referer is refused, whatever Host or a proxy says', () =>
  refused([
    without('origin'),
    { origin: undefined, host: 'app.example' },
    { origin: undefined, 'x-forwarded-host': 'app.example', 'x-forwarded-proto': 'https' },
    { origin: undefined, forwarded: 'host=app.example;proto=https' },
    { origin: undefined, 'sec-fetch-site': 'same-origin' },
    { origin: undefined, 'sec-fetch-site': 'none', 'x-requested-with': 'XMLHttpRequest' },
    { origin: undefined, x_origin: OWN, 'x-origin': OWN, 'origin-': OWN },
  ]))

const site = (value: string, more: Headers = {}): Headers => ({ ...more, 'sec-fetch-site': value })

test('CS-23 a cross-site request without Origin, or one that claims our own, is refused', () =>
  refused([
    site('cross-site', { origin: undefined, referer: `${OWN}/` }),
    site('cross-site', { origin: undefined }),
    site('cross-site'),
    site('cross-site', { origin: 'https://evil.test' }),
    site('Cross-Site'),
    site('cross-site, same-origin'),
    site('unknown'),
    site(''),
  ]))

test('CS-24 a sibling sub-domain is refused unless it is listed', async () => {
  await refused([
    site('same-site'),
    site('same-site', { origin: 'https://sibling.example' }),
    site('same-site', { origin: 'https://www.app.example' }),
    site('same-site', { origin: undefined, referer: `${OWN}/` }),
    site('same-site', { origin: undefined, referer: 'https://www.app.example/' }),
  ])
  await accepted([
    site('same-site', { origin: FRONT }),
    site('cross-site', { origin: FRONT, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }),
  ])
})

test('CS-25 same-origin and none are accepted with the token', () =>
  accepted([
    site('same-origin', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }),
    site('same-origin', { 'sec-fetch-mode': 'same-origin' }),
    site('none'),
  ]))

test('CS-25 two Fetch Metadata headers of one name are refused', () =>
  refused(
    [
      { 'sec-fetch-site': ['same-origin', 'cross-site'] },
      { 'sec-fetch-mode': ['cors', 'navigate'] },
      { 'sec-fetch-dest': ['empty', 'document'] },
    ],
    [400],
  ))

test('CS-26 a navigation, an embedding or a beacon is refused on unsafe methods', () =>
  refused([
    { 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-mode': 'websocket' },
    { 'sec-fetch-mode': 'cors, navigate' },
    { 'sec-fetch-dest': 'document' },
    { 'sec-fetch-dest': 'iframe' },
    { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'image' },
  ]))

test('CS-18 two Origin headers are refused, and a joined one', async () => {
  await refused(
    [{ origin: [OWN, 'https://evil.test'] }, { origin: ['https://evil.test', OWN] }],
    [400],
  )
  await refused([origin(`${OWN}, https://evil.test`), origin(`${OWN} https://evil.test`)])
})

test('CS-27 SB-49 v5.0.0-V3.5.3 an override of the method is ignored', async () => {
  const overrides = {
    'x-http-method-override': 'GET',
    'x-http-method': 'GET',
    'x-method-override': 'GET',
  }
  await refused([{ ...overrides, ...without('x-csrf-token') }])
  const upside = Object.fromEntries(Object.keys(overrides).map((name) => [name, 'DELETE']))
  for (const { path } of routes) {
    for (const target of [path, `${path}?_method=DELETE`]) {
      const answer = await send(world.url, target, { headers: { ...ana.headers, ...upside } })
      assert.ok([200, 404, 405, 422].includes(answer.status), `${target} ${answer.status}`)
    }
  }
  assert.equal(await checksum(world), before1)
  await accepted([overrides])
})

test('SB-48 a junk Authorization or key beside the cookie does not switch the guard off', () =>
  refused(
    [
      { authorization: 'Bearer junk' },
      { authorization: '' },
      { authorization: 'Basic Og==' },
      { 'x-api-key': 'sk_service_junk' },
      { 'x-api-key': '' },
      { authorization: 'Bearer junk', ...without('x-csrf-token', 'origin') },
    ],
    [400],
  ))

test('SB-48 an Authorization that is worth nothing opens nothing, without cookie and token', async () => {
  for (const route of routes) {
    for (const authorization of ['Bearer x', 'Bearer', 'bearer null', 'Basic YTpi', 'Token x']) {
      const answer = await attempt(route, { authorization, origin: 'https://evil.test' })
      assert.ok([401, 403].includes(answer.status), `${route.url} ${answer.status}`)
    }
  }
  assert.equal(await checksum(world), before1)
})

test('SB-46 development and production demand the same token and origin', async () => {
  for (const environment of ['development', 'production']) {
    await using other = await openService({ settings: settingsOf(environment) })
    const bob = await visit(other, 'bob')
    for (const route of unsafeTargets(other)) {
      for (const shape of [
        without('x-csrf-token'),
        without('origin'),
        origin('https://evil.test'),
      ]) {
        const answer = await attempt(route, { ...bob.headers, ...shape }, route.body, other)
        assert.equal(answer.status, 403, `${environment} ${route.url}`)
      }
    }
  }
})

function settingsOf(environment: string) {
  return {
    'app.environment': environment,
    'telemetry.metrics_token': 'kT9mx2mQ4zLwPv7RbN3sYc8HfJ5dGa1E',
    'oidc.providers.keycloak.issuer': 'https://login.example/realm',
  }
}

// The last test: it moves the clock past the end of every session.
test('CS-08 SB-43 D4 a token dies with its session: at the idle end, and for a later session too', async () => {
  const idle = world.service.config.app.session_max_age
  world.clock.advance((idle + 1) * 1_000)
  // Signing out answers 200 also when the session is gone already (contract 4.4).
  for (const route of routes) {
    const { status } = await attempt(route, ana.headers)
    assert.equal(status, route.url === '/auth/web/logout' ? 200 : 401, route.url)
  }
  const later = await visit(world, 'ana')
  before1 = await checksum(world)
  const shape = { ...later.headers, 'x-csrf-token': ana.csrf }
  await refused([shape, { ...shape, 'x-csrf-token': anaElsewhere.csrf }])
})

function token(value: string | readonly string[]): Headers {
  return { 'x-csrf-token': value }
}

function origin(value: string): Headers {
  return { origin: value }
}
