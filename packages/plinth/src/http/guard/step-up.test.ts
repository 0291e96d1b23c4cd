import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Credential, Principal, StepUp } from '../../access/index.ts'
import { open, signedIn } from '../../access/index.ts'
import { feature, html, page, route } from '../../feature/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { openHttp } from '../../testing/http-harness.ts'
import { renderCensus } from '../census.ts'
import { buildDocument } from '../openapi/document.ts'

// It stands still: a second decides.
const clock: Clock = { now: () => 1_800_000_000_000, monotonic: () => performance.now() }
const now = () => Math.floor(clock.now() / 1_000)

/** Calls one guarded route with a sign-in of an age and a strength. */
async function ask(demand: StepUp, credential: Partial<Credential>) {
  const vault = feature('vault', {
    routes: [
      route('GET /vault', { access: signedIn(), stepUp: demand, handle: () => undefined }),
      page('/safe', {
        access: signedIn(),
        title: 'Safe',
        stepUp: demand,
        render: () => html`gold`,
      }),
    ],
  })
  const principal: Principal = {
    person: newId<'person'>(),
    name: 'Ana',
    tenant: null,
    permissions: [],
    credential: { kind: 'cookie', id: 'c', authenticatedAt: now(), ...credential },
  }
  await using http = await openHttp([vault], { clock, authenticate: async () => principal })
  const answer = await fetch(`${http.url}/vault`, { headers: { cookie: 'user_session_id=x' } })
  const body = await answer.text()
  return { status: answer.status, headers: answer.headers, body, census: http.census }
}

const CASES: readonly (readonly [string, StepUp, Partial<Credential>, number])[] = [
  ['as old as allowed', { maxAgeSeconds: 300 }, { authenticatedAt: now() - 300 }, 204],
  ['one second older', { maxAgeSeconds: 300 }, { authenticatedAt: now() - 301 }, 401],
  ['never proved', { maxAgeSeconds: 300 }, { authenticatedAt: 0 }, 401],
  ['strong enough', { acr: ['gold', 'silver'] }, { acr: 'silver' }, 204],
  ['too weak', { acr: ['gold'] }, { acr: 'silver' }, 401],
  ['strength unsaid', { acr: ['gold'] }, {}, 401],
  ['strength null', { acr: ['gold'] }, { acr: null }, 401],
  ['other case', { acr: ['gold'] }, { acr: 'Gold' }, 401],
  ['two strengths in one text', { acr: ['gold', 'silver'] }, { acr: 'gold silver' }, 401],
  ['strong but old', { acr: ['gold'], maxAgeSeconds: 9 }, { acr: 'gold', authenticatedAt: 1 }, 401],
  ['a bearer token, fresh', { maxAgeSeconds: 60 }, { kind: 'bearer' }, 204],
  ['a bearer token, weak', { acr: ['gold'] }, { kind: 'bearer', acr: 'x' }, 401],
  ['an API key', { maxAgeSeconds: 60 }, { kind: 'api-key', authenticatedAt: 0 }, 401],
]
for (const [title, demand, credential, status] of CASES) {
  test(`v5.0.0-V6.8.4 v5.0.0-V10.3.4 step-up: ${title} → ${status}`, async () => {
    assert.equal((await ask(demand, credential)).status, status)
  })
}

test('v5.0.0-V10.3.4 a program reads the challenge of RFC 9470 and where to sign in again', async () => {
  const demand: StepUp = { maxAgeSeconds: 300, acr: ['gold', 'urn:x:2'], prompt: 'login' }
  const { headers, body } = await ask(demand, {})
  assert.match(
    headers.get('www-authenticate') ?? '',
    /^Bearer error="insufficient_user_authentication", .*acr_values="gold urn:x:2", max_age="300"$/,
  )
  const { code, detail, details } = JSON.parse(body)
  const url = '/auth/web/login?max_age=300&acr_values=gold+urn%3Ax%3A2&prompt=login'
  assert.equal(code, 'access.insufficient_user_authentication')
  assert.deepEqual(details, [{ path: 'session', message: url, code: 'sign_in_again' }])
  assert.ok(detail.includes(url))
})

test('v5.0.0-V10.3.4 a client without a browser is told what it can do, not an address for browsers', async () => {
  const demand: StepUp = { maxAgeSeconds: 300 }
  for (const [kind, way] of [
    ['bearer', /sign in again where the token came from \(POST \/auth\/login .* new token/],
    ['api-key', /behind an API key nobody signs in\. Do it in a browser, or with the access token/],
  ] as const) {
    const { headers, body } = await ask(demand, { kind, authenticatedAt: 0 })
    const { code, detail, details } = JSON.parse(body)
    assert.equal(code, 'access.insufficient_user_authentication')
    assert.match(detail, way)
    assert.doesNotMatch(detail, /auth\/web/)
    assert.deepEqual(details, [])
    assert.match(headers.get('www-authenticate') ?? '', /max_age="300"$/)
  }
})

test('a person gets a page that leads to signing in again and back', async () => {
  const shown: unknown[] = []
  const safe = page('/safe', {
    access: signedIn(),
    title: 'Safe',
    stepUp: { maxAgeSeconds: 60 },
    render: () => html`gold`,
  })
  await using http = await openHttp([feature('vault', { routes: [safe] })], {
    clock,
    authenticate: async () => ({
      person: newId<'person'>(),
      name: 'Ana',
      tenant: null,
      permissions: [],
      credential: { kind: 'cookie', id: 'c', authenticatedAt: 0 },
    }),
    renderProblemPage: (problem) => {
      shown.push([problem.status, problem.signIn, problem.returnTo])
      return 'page'
    },
  })
  const headers = { cookie: 'user_session_id=x', accept: 'text/html' }
  const answer = await fetch(`${http.url}/safe?x=1`, { headers })
  assert.equal(answer.status, 401)
  assert.deepEqual(shown, [[401, '/auth/web/login?max_age=60', '/safe?x=1']])
})

test('the census and OpenAPI say what a route demands', async () => {
  const { census } = await ask({ maxAgeSeconds: 300, acr: ['gold', 'silver'] }, {})
  const demand = 'at most 300 s old, acr gold or silver'
  assert.match(renderCensus(census), new RegExp(`GET +/vault +signed in \\[step-up: ${demand}\\]`))
  const [route] = census.filter(({ url }) => url === '/vault')
  assert.ok(route?.facts)
  const info = { title: 't', version: '1', sessionCookie: 'c' }
  const { paths } = buildDocument(info, [{ method: 'GET', path: '/vault', facts: route.facts }])
  const text = JSON.stringify(paths)
  assert.ok(text.includes(`The sign-in must be ${demand}.`))
  assert.ok(text.includes('access.insufficient_user_authentication'))
})

const IMPOSSIBLE: readonly (readonly [string, StepUp])[] = [
  ['nothing', {}],
  ['an age of zero', { maxAgeSeconds: 0 }],
  ['half a second', { maxAgeSeconds: 0.5 }],
  ['no strength', { acr: [] }],
  ['a strength with a space', { acr: ['a b'] }],
  ['a strength that ends the header', { acr: ['a"\r\nx: y'] }],
]
for (const [title, stepUp] of IMPOSSIBLE) {
  test(`a demand of ${title} does not register`, () => {
    const declare = () => route('GET /x', { access: signedIn(), stepUp, handle: () => undefined })
    assert.throws(declare, TypeError)
  })
}

test('a demand on a route that is open to anyone does not register', () => {
  const spec = { access: open('x'), stepUp: { maxAgeSeconds: 1 }, handle: () => undefined }
  assert.throws(() => route('GET /x', spec), /stepUp needs access/)
})
