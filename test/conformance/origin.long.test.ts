import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { checksum } from './data.ts'
import { FOREIGN, FOREIGN_ORIGINS, onTheWire } from './origins.ts'
import { PAST_THE_GUARD, unsafeTargets } from './routes.ts'
import type { Reply } from './send.ts'
import { send } from './send.ts'
import { FRONT, OWN, openService } from './service.ts'
import type { Visitor } from './visitor.ts'
import { visit } from './visitor.ts'

let world: World
let ana: Visitor

before(async () => {
  world = await openService()
  ana = await visit(world, 'ana')
})
after(() => world[Symbol.asyncDispose]())

const GOOD = [OWN, FRONT]

for (const [title, origins] of Object.entries(FOREIGN)) {
  test(`${title} are refused on every unsafe route, whatever else is right`, async () => {
    const rows = await checksum(world)
    for (const { method, path } of unsafeTargets(world)) {
      const answers = await Promise.all(
        origins.map((origin) => {
          const headers = { ...ana.headers, origin: onTheWire(origin) }
          return send(world.url, path, { method, headers })
        }),
      )
      for (const [at, { status, code }] of answers.entries()) {
        assert.deepEqual([status, code], [403, 'http.origin'], `${method} ${path} ${origins[at]}`)
      }
    }
    assert.equal(await checksum(world), rows)
  })
}

test('OR-11 the origins of the service and of its front end are accepted, exactly', async () => {
  for (const origin of GOOD) {
    for (const { method, path, body } of unsafeTargets(world)) {
      const visitor = await visit(world, 'bob', { tenant: 'bobs' })
      const typed = body === undefined ? {} : { 'content-type': 'application/json' }
      const headers = { ...visitor.headers, ...typed, origin }
      const answer = await send(world.url, path, { method, headers, ...(body && { body }) })
      assert.doesNotMatch(answer.code, PAST_THE_GUARD, `${method} ${path} ${origin}`)
    }
  }
})

/** A preflight as browsers send it, for a method and headers that need one. */
function preflight(origin: string, path = '/api/v1/products'): Promise<Reply> {
  const headers = {
    origin: onTheWire(origin),
    'access-control-request-method': 'PATCH',
    'access-control-request-headers': 'content-type,x-csrf-token',
  }
  return send(world.url, path, { method: 'OPTIONS', headers })
}

const CORS_HEADERS = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'access-control-allow-methods',
  'access-control-allow-headers',
  'access-control-allow-private-network',
  'timing-allow-origin',
]

function permissionsIn({ headers }: Reply): readonly string[] {
  return CORS_HEADERS.filter((name) => headers[name] !== undefined)
}

test('OR-12 v5.0.0-V3.4.2 a foreign origin is told nothing, on answers of every kind and on preflights', async () => {
  const paths = [
    '/auth/web/me',
    '/api/v1/products',
    '/nowhere',
    '/assets/x',
    '/%zz',
    '/health',
    '/',
  ]
  for (const origin of FOREIGN_ORIGINS) {
    const sent = { headers: { ...ana.headers, origin: onTheWire(origin) } }
    const answers = await Promise.all([
      ...paths.map((path) => send(world.url, path, sent)),
      send(world.url, '/auth/web/logout', { ...sent, method: 'POST' }),
      preflight(origin),
    ])
    for (const answer of answers) {
      assert.deepEqual(permissionsIn(answer), [], `${origin} ${answer.status}`)
      assert.match(String(answer.headers['vary']), /Origin/, origin)
    }
    const [me] = answers
    assert.ok(origin.length < 20 || !me?.text.includes(origin), 'the origin is not echoed')
  }
})

test('OR-12 v5.0.0-V3.4.2 an allowed origin is named exactly, with credentials, never with a star', async () => {
  for (const origin of GOOD) {
    const answers = await Promise.all([
      send(world.url, '/auth/web/me', { headers: { ...ana.headers, origin } }),
      send(world.url, '/nowhere', { headers: { origin } }),
      send(world.url, '/api/v1/products', { headers: { origin } }),
      preflight(origin),
    ])
    for (const { headers, status } of answers) {
      assert.equal(headers['access-control-allow-origin'], origin, `${status}`)
      assert.equal(headers['access-control-allow-credentials'], 'true')
      assert.match(String(headers['vary']), /Origin/)
    }
    const [, , , asked] = answers
    assert.equal(asked?.status, 204)
    assert.match(String(asked?.headers['access-control-allow-methods']), /PATCH/)
    assert.match(String(asked?.headers['access-control-allow-headers']), /X-CSRF-Token/)
    for (const [name, value] of Object.entries(asked?.headers ?? {})) {
      assert.doesNotMatch(String(value), /^\*$/, name)
    }
  }
})

test('v5.0.0-V3.5.2 a preflight changes nothing, asks nobody and opens nothing', async () => {
  const rows = await checksum(world)
  for (const { path, method } of unsafeTargets(world)) {
    const headers = { ...ana.headers, 'access-control-request-method': method }
    const answer = await send(world.url, path, { method: 'OPTIONS', headers })
    assert.deepEqual([answer.status, answer.text], [204, ''], path)
  }
  assert.equal(await checksum(world), rows)
})

// What a page of another site can have a browser load with the visitor's cookie, where SameSite lets it.
const LOADS = [
  { mode: 'no-cors', dest: 'image' },
  { mode: 'no-cors', dest: 'script' },
  { mode: 'no-cors', dest: 'style' },
  { mode: 'no-cors', dest: 'video' },
  { mode: 'no-cors', dest: 'empty' },
  { mode: 'cors', dest: 'empty' },
  { mode: 'navigate', dest: 'iframe' },
  { mode: 'navigate', dest: 'frame' },
  { mode: 'navigate', dest: 'object' },
  { mode: 'navigate', dest: 'embed' },
  { mode: 'navigate', dest: '' },
]

const loaded = (site: string, { mode, dest }: (typeof LOADS)[number]) => ({
  'sec-fetch-site': site,
  'sec-fetch-mode': mode,
  'sec-fetch-dest': dest,
})

const PRIVATE = ['/api/v1/products', '/auth/web/me']

test('v5.0.0-V3.5.8 what a cookie opens cannot be embedded by another site', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  const mine = { cookie, 'user-agent': agent }
  for (const path of PRIVATE) {
    const ours = await send(world.url, path, { headers: mine })
    assert.equal(ours.status, 200, path)
    assert.equal(ours.headers['cross-origin-resource-policy'], 'same-origin')
    for (const site of ['cross-site', 'same-site', 'elsewhere']) {
      for (const load of LOADS) {
        const headers = { ...mine, ...loaded(site, load) }
        const answer = await send(world.url, path, { headers })
        assert.deepEqual(
          [answer.status, answer.code],
          [403, 'http.cross_site'],
          JSON.stringify(load),
        )
        const claimed = { ...headers, origin: 'https://evil.test', referer: `${OWN}/` }
        assert.equal((await send(world.url, path, { headers: claimed })).status, 403)
      }
    }
  }
})

test('v5.0.0-V3.5.8 own pages, listed front ends and a link that a person follows still get it', async () => {
  const { cookie = '', 'user-agent': agent = '' } = ana.headers
  const mine = { cookie, 'user-agent': agent }
  const link = { mode: 'navigate', dest: 'document' }
  const fetched = { mode: 'cors', dest: 'empty' }
  const good = [
    {},
    loaded('same-origin', fetched),
    loaded('none', link),
    loaded('cross-site', link),
    loaded('same-site', link),
    { ...loaded('cross-site', fetched), origin: FRONT },
    { ...loaded('same-site', { mode: 'no-cors', dest: 'image' }), referer: `${FRONT}/page` },
  ]
  for (const path of PRIVATE) {
    for (const shape of good) {
      const answer = await send(world.url, path, { headers: { ...mine, ...shape } })
      assert.equal(answer.status, 200, `${path} ${JSON.stringify(shape)}`)
    }
  }
})

const LOGIN = '/auth/web/login?return_to=%2Fstock%3Fbelow%3D5'

test('SB-45 another site begins no sign-in: not by a link, a frame, an image or a script', async () => {
  const rows = await pendingLogins()
  for (const load of [...LOADS, { mode: 'navigate', dest: 'document' }]) {
    for (const more of [{}, { referer: 'https://evil.test/' }, { origin: 'null' }]) {
      const headers = { ...loaded('cross-site', load), ...more }
      const answer = await send(world.url, LOGIN, { headers })
      assert.deepEqual(
        [answer.status, answer.code],
        [403, 'http.cross_site'],
        JSON.stringify(headers),
      )
      assert.equal(answer.headers['set-cookie'], undefined)
      assert.equal(answer.headers['location'], undefined)
    }
  }
  assert.equal(await pendingLogins(), rows)
})

test('SB-45 own pages, siblings, listed front ends and typed addresses begin one', async () => {
  const link = { mode: 'navigate', dest: 'document' }
  for (const headers of [
    {},
    loaded('none', link),
    loaded('same-origin', link),
    loaded('same-site', link),
    { ...loaded('cross-site', link), referer: `${FRONT}/` },
  ]) {
    const { status, code } = await send(world.url, LOGIN, { headers })
    assert.notEqual(status, 403, code)
  }
})

test('SB-45 a person whom another site sent to sign-in is shown the way on', async () => {
  const link = loaded('cross-site', { mode: 'navigate', dest: 'document' })
  const answer = await send(world.url, LOGIN, { headers: { ...link, accept: 'text/html' } })
  assert.equal(answer.status, 403)
  assert.match(String(answer.headers['content-type']), /^text\/html/)
  assert.ok(answer.text.includes('href="/auth/web/login?return_to=%2Fstock%3Fbelow%3D5"'))
})

async function pendingLogins(): Promise<number> {
  const { rows } = await world.database.platform.query<{ count: number }>(
    'select count(*)::int as count from plinth.pending_logins',
  )
  return rows[0]?.count ?? -1
}
