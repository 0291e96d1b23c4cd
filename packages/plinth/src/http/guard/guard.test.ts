import assert from 'node:assert/strict'
import { request as rawRequest } from 'node:http'
import { test } from 'node:test'
import type { Principal } from '../../access/index.ts'
import { open, permissions, signedIn } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId, Secret } from '../../kernel/index.ts'
import { openHttp } from '../../testing/http-harness.ts'
import type { HttpDeps } from '../index.ts'
import { createCsrf } from './csrf.ts'
import { originFault, originsOf } from './origin.ts'

const may = permissions('stock', { write: 'Change stock' })
const own = 'http://localhost:8000'
const csrfSecret = new Secret('another-secret-of-this-test-012345')
const csrf = createCsrf(csrfSecret)

const person = (id: string): Principal => ({
  person: newId<'person'>(),
  name: id,
  tenant: newId<'tenant'>(),
  permissions: ['stock:write'],
  credential: { kind: 'cookie', id, authenticatedAt: 0 },
})
const people: Readonly<Record<string, Principal>> = { ana: person('ana'), eve: person('eve') }

/** Sends a request as it is: fetch() writes Sec-Fetch headers of its own. */
function post(
  url: string,
  headers: Record<string, string | string[]>,
): Promise<{ status: number; detail: string }> {
  return new Promise((resolve, reject) => {
    const sent = rawRequest(url, { method: 'POST', headers }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString()
      const detail = text === '' ? '' : (JSON.parse(text) as { detail: string }).detail
      resolve({ status: answer.statusCode ?? 0, detail })
    })
    sent.on('error', reject).end()
  })
}

let changes = 0
const shop = feature('shop', {
  routes: [
    route('POST /change', { access: may.write, handle: () => void changes++ }),
    route('POST /leave', {
      access: open('sign-out'),
      browserOnly: true,
      handle: () => void changes++,
    }),
    route('POST /public', { access: open('anyone'), handle: () => void changes++ }),
    route('GET /me', { access: signedIn(), handle: () => undefined }),
  ],
})

const deps: Partial<HttpDeps> = {
  csrfSecret,
  authenticate: async ({ headers }) => {
    const name = /user_session_id=(\w+)/.exec(headers.cookie ?? '')?.[1]
    if (headers.authorization === 'Bearer good') {
      return { ...person('api'), credential: { kind: 'bearer', id: 'b', authenticatedAt: 0 } }
    }
    return name === undefined ? undefined : people[name]
  },
  placeInTenant: (_request, { tenant, permissions: held }) =>
    tenant === null ? undefined : { tenant: tenant as Id<'tenant'>, permissions: held },
}
const tokenOf = (name: string) => csrf.tokenFor(people[name] ?? person('nobody')) ?? ''
const good = { cookie: 'user_session_id=ana', origin: own, 'x-csrf-token': tokenOf('ana') }

const shapes: readonly [string, Record<string, string>, number, RegExp?][] = [
  ['CS-01 own origin and token', good, 204],
  ['CS-02 no token', { cookie: good.cookie, origin: own }, 403, /Missing CSRF token header/],
  ['CS-03 empty token', { ...good, 'x-csrf-token': '' }, 403, /CSRF/],
  ['CS-03 undefined', { ...good, 'x-csrf-token': 'undefined' }, 403, /CSRF/],
  ['CS-04 truncated', { ...good, 'x-csrf-token': tokenOf('ana').slice(1) }, 403, /CSRF/],
  ['CS-04 doubled', { ...good, 'x-csrf-token': tokenOf('ana').repeat(2) }, 403, /CSRF/],
  ['CS-05 of another session', { ...good, 'x-csrf-token': tokenOf('eve') }, 403, /CSRF/],
  ['CS-12 body-less, token in no header', { cookie: good.cookie, origin: own }, 403, /CSRF/],
  [
    'CS-18 foreign origin, good token',
    { ...good, origin: 'https://evil.test' },
    403,
    /Origin not allowed/,
  ],
  ['CS-19 origin null', { ...good, origin: 'null' }, 403, /Origin 'null' not allowed/],
  [
    'CS-20 no origin, own referer',
    { cookie: good.cookie, referer: `${own}/page`, 'x-csrf-token': tokenOf('ana') },
    204,
  ],
  [
    'CS-21 no origin, foreign referer',
    { cookie: good.cookie, referer: `${own}.evil/`, 'x-csrf-token': tokenOf('ana') },
    403,
    /Referer/,
  ],
  [
    'CS-22 D4 no origin, no referer',
    { cookie: good.cookie, 'x-csrf-token': tokenOf('ana') },
    403,
    /Missing or invalid Origin/,
  ],
  [
    'CS-23 cross-site by fetch metadata',
    {
      cookie: good.cookie,
      referer: `${own}/`,
      'sec-fetch-site': 'cross-site',
      'x-csrf-token': tokenOf('ana'),
    },
    403,
  ],
  ['CS-26 a navigation', { ...good, 'sec-fetch-mode': 'navigate' }, 403],
  ['CS-27 method override is ignored', { ...good, 'x-http-method-override': 'GET' }, 204],
  [
    'CS-27 method override spares nobody the token',
    { cookie: good.cookie, origin: own, 'x-http-method-override': 'GET' },
    403,
    /CSRF/,
  ],
  ['SB-47 D5 two credentials', { ...good, authorization: 'Bearer junk' }, 400],
  ['D4 bearer needs neither', { authorization: 'Bearer good' }, 204],
  ['a session that does not resolve', { ...good, cookie: 'user_session_id=gone' }, 401],
  ['nobody', {}, 401],
]

for (const [title, headers, status, detail] of shapes) {
  test(`${title} → ${status}`, async () => {
    await using http = await openHttp([shop], deps)
    const before = changes
    const answer = await post(`${http.url}/change`, headers)
    assert.equal(answer.status, status)
    if (detail !== undefined) assert.match(answer.detail, detail)
    assert.equal(changes - before, status === 204 ? 1 : 0)
  })
}

test('CS-10 two CSRF headers are refused, whichever comes first', async () => {
  await using http = await openHttp([shop], deps)
  for (const pair of [
    [tokenOf('ana'), 'x'],
    ['x', tokenOf('ana')],
    [tokenOf('ana'), tokenOf('ana')],
  ]) {
    const answer = await post(`${http.url}/change`, { ...good, 'x-csrf-token': pair })
    assert.equal(answer.status, 403)
    assert.match(answer.detail, /CSRF/)
  }
})

test('contract 4.6 sign-out demands Origin, then the CSRF header, even without a cookie', async () => {
  await using http = await openHttp([shop], deps)
  const leave = async (headers: Record<string, string>) => {
    const answer = await fetch(`${http.url}/leave`, { method: 'POST', headers })
    return [
      answer.status,
      answer.status === 204 ? '' : ((await answer.json()) as { detail: string }).detail,
    ]
  }
  assert.deepEqual(await leave({}), [403, 'Missing or invalid Origin'])
  assert.deepEqual(await leave({ origin: own }), [403, 'Missing CSRF token header'])
  assert.deepEqual(await leave({ origin: own, 'x-csrf-token': 'any' }), [204, ''])
})

test('a cookie on a public unsafe route is guarded like any other', async () => {
  await using http = await openHttp([shop], deps)
  const call = (headers: Record<string, string>) =>
    fetch(`${http.url}/public`, { method: 'POST', headers }).then((answer) => answer.status)
  assert.equal(await call({}), 204)
  assert.equal(await call({ cookie: good.cookie }), 403)
})

test('a denied action is handed to the audit log with its principal', async () => {
  await using http = await openHttp([shop], {
    ...deps,
    placeInTenant: () => ({ tenant: newId<'tenant'>(), permissions: ['stock:read'] }),
  })
  const answer = await fetch(`${http.url}/change`, { method: 'POST', headers: good })
  assert.equal(answer.status, 403)
  assert.equal(http.refusals.length, 1)
  const [refusal] = http.refusals
  assert.deepEqual(
    [refusal?.outcome, refusal?.action, refusal?.reason, refusal?.actor.person],
    ['denied', 'POST /change', 'access.not_permitted', people['ana']?.person],
  )
})

const foreignOrigins = [
  'NULL',
  '*',
  'http://localhost:8000/',
  'http://localhost:8000.evil',
  'http://localhost',
  'https://localhost:8000',
  'http://LOCALHOST:8000',
  'http://localhost:8000 ',
  'http://a@localhost:8000',
  'http://localhost:80000',
  'http://localhost.:8000',
  'http://127.0.0.1:8000',
  'http://[::1]:8000',
  'file://',
  'chrome-extension://x',
  'http://localhost:8000,http://evil.test',
  'http://localhost:8000?x',
  'http://localhost:8000#x',
  'http://xn--lcalhost-o1a:8000',
  'wss://localhost:8000',
  'HTTP://localhost:8000',
  'http://localhost%2e:8000',
  `http://${'a'.repeat(9000)}`,
]

test('security.md 5.2: no origin but the exact one is accepted', () => {
  const origins = originsOf(own, ['https://app.example:443/'])
  assert.equal(originFault({ origin: own }, origins), undefined)
  assert.equal(originFault({ origin: 'https://app.example' }, origins), undefined)
  for (const origin of ['', ...foreignOrigins]) assert.ok(originFault({ origin }, origins), origin)
})

test('CORS answers listed origins with credentials, others with nothing', async () => {
  await using http = await openHttp([shop], deps)
  const listed = await fetch(`${http.url}/me`, { headers: { origin: 'http://localhost:3000' } })
  assert.equal(listed.headers.get('access-control-allow-origin'), 'http://localhost:3000')
  assert.equal(listed.headers.get('access-control-allow-credentials'), 'true')
  for (const origin of foreignOrigins.filter((text) => text.length < 100 && text.trim() === text)) {
    const answer = await fetch(`${http.url}/me`, { headers: { origin } })
    assert.equal(answer.headers.get('access-control-allow-origin'), null, origin)
    assert.match(answer.headers.get('vary') ?? '', /Origin/)
  }
  const preflight = await fetch(`${http.url}/change`, {
    method: 'OPTIONS',
    headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'PATCH' },
  })
  assert.equal(preflight.status, 204)
  assert.match(preflight.headers.get('access-control-allow-methods') ?? '', /PATCH/)
  assert.match(preflight.headers.get('access-control-allow-headers') ?? '', /X-CSRF-Token/)
})
