import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Headers, Rig } from './csrf-rig.ts'
import { openRig, origin, token, without } from './csrf-rig.ts'
import { unsafeTargets } from './routes.ts'
import { COOKIE, openService } from './service.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

// Every shape is tried on every unsafe route of the running service, and the rows of the database
// are compared afterwards.

let rig: Rig
let anaElsewhere: Visitor
let eve: Visitor
/** The CSRF token that ana's third browser had before its session got a new id. */
let outdated: { readonly headers: Headers; readonly csrf: string }

before(async () => {
  rig = await openRig()
  anaElsewhere = await visit(rig.world, 'ana')
  eve = await visit(rig.world, 'eve', { tenant: 'evil' })
  outdated = await rotated(await visit(rig.world, 'ana'))
  await rig.settle()
})
after(() => rig[Symbol.asyncDispose]())

async function rotated(visitor: Visitor) {
  const { person, csrf, headers } = visitor
  const answer = await person.post('/auth/web/refresh')
  assert.equal(answer.status, 200)
  return { csrf, headers: { ...headers, cookie: `${COOKIE}=${person.cookies.get(COOKIE)}` } }
}

const refused: Rig['refused'] = (...given) => rig.refused(...given)
const accepted: Rig['accepted'] = (...given) => rig.accepted(...given)
const attempt: Rig['attempt'] = (...given) => rig.attempt(...given)

test('SB-42 the routes are those of the running service, and none is left out', () => {
  const names = rig.routes.map(({ method, url }) => `${method} ${url}`)
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
  const { csrf } = rig.ana
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
  const { csrf } = rig.ana
  const hour = Math.floor(rig.world.clock.now() / 3_600_000)
  const edited = ['9999999', hour, hour + 1, hour - 1, 0, -1].map((time) => `${time}:${csrf}`)
  return refused([...edited, `${csrf}:${hour}`, `${hour}.${csrf}`, `:${csrf}`].map(token))
})

test('CS-10 two token headers are refused in either order, and so is a joined one', () => {
  const { csrf } = rig.ana
  const pairs = [
    [csrf, 'x'],
    ['x', csrf],
    [csrf, csrf],
    [csrf, ''],
  ]
  const joined = [`${csrf}, x`, `x, ${csrf}`, `${csrf},${csrf}`, `${csrf},`]
  return refused([...pairs, ...joined].map(token))
})

test('CS-11 SB-44 a token in the query, a cookie or a header of another name counts nothing', async () => {
  const { csrf, headers } = rig.ana
  const none = without('x-csrf-token')
  await refused([
    { ...none, cookie: `${headers['cookie']}; X-CSRF-Token=${csrf}; csrf_token=${csrf}` },
    { ...none, cookie: `XSRF-TOKEN=${csrf}; ${headers['cookie']}`, 'x-xsrf-token': csrf },
    { ...none, x_csrf_token: csrf },
    { ...none, 'csrf-token': csrf, 'x-csrftoken': csrf, 'x-csrf': csrf },
    { ...none, 'x-csrf-token-': csrf, 'x-csrf.token': csrf },
  ])
  for (const route of rig.routes) {
    const query = `?csrf_token=${csrf}&X-CSRF-Token=${csrf}&_csrf=${csrf}`
    const answer = await attempt({ ...route, path: route.path + query }, { ...headers, ...none })
    assert.deepEqual([answer.status, answer.code], [403, 'http.csrf'], route.url)
  }
})

test('CS-11 SB-44 a token in the body counts nothing', () => {
  const { csrf } = rig.ana
  const body = JSON.stringify({ csrf_token: csrf, _csrf: csrf, 'X-CSRF-Token': csrf })
  return refused([without('x-csrf-token')], [403], body)
})

test('CS-12 v5.0.0-V3.5.2 an unsafe request without a body needs the token too', async () => {
  for (const route of rig.routes) {
    const answer = await attempt(
      { ...route, body: undefined },
      { ...rig.ana.headers, ...without('x-csrf-token'), 'content-length': '0' },
    )
    assert.deepEqual([answer.status, answer.code], [403, 'http.csrf'], route.url)
  }
  await rig.unchanged()
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
  const [create] = rig.routes.filter(
    ({ method, url }) => `${method} ${url}` === 'POST /api/v1/products',
  )
  assert.ok(create)
  for (const [at, type] of good.entries()) {
    const body = JSON.stringify({ sku: `TYPE-${at}`, name: 'Typed', price: 1 })
    assert.equal((await attempt(create, { ...rig.ana.headers, ...type }, body)).status, 201)
  }
  await rig.settle()
})

// What the service is told it is, and what the process around it may be told.
const PLACES = [
  ['development', 'development'],
  ['development', 'test'],
  ['production', 'development'],
  ['production', 'test'],
] as const

test('SB-46 development and production demand the same token and origin, whatever NODE_ENV says', async (context) => {
  const told = process.env['NODE_ENV']
  context.after(() => {
    if (told === undefined) delete process.env['NODE_ENV']
    else process.env['NODE_ENV'] = told
  })
  for (const [environment, nodeEnv] of PLACES) {
    process.env['NODE_ENV'] = nodeEnv
    await using other = await openService({ settings: settingsOf(environment) })
    const bob = await visit(other, 'bob')
    for (const route of unsafeTargets(other)) {
      for (const shape of [
        without('x-csrf-token'),
        { 'x-csrf-token': rig.ana.csrf },
        without('origin'),
        origin('https://evil.test'),
      ]) {
        const answer = await attempt(route, { ...bob.headers, ...shape }, route.body, other)
        assert.equal(answer.status, 403, `${environment} ${nodeEnv} ${route.url}`)
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
  const idle = rig.world.service.config.app.session_max_age
  rig.world.clock.advance((idle + 1) * 1_000)
  for (const route of rig.routes) {
    const { status } = await attempt(route, rig.ana.headers)
    // What anyone may call answers for itself: signing out 200, also when the session is gone already.
    if (route.open) assert.ok(status < 500, route.url)
    else assert.equal(status, 401, route.url)
  }
  const later = await visit(rig.world, 'ana')
  await rig.settle()
  const shape = { ...later.headers, 'x-csrf-token': rig.ana.csrf }
  await refused([shape, { ...shape, 'x-csrf-token': anaElsewhere.csrf }])
})
