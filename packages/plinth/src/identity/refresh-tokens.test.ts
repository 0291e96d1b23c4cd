import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Person } from '../testing/person.ts'
import type { Evil } from './evil-provider.fixture.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { ORIGIN, openIdentity, signInAtEvil } from './identity.fixture.ts'

let world: IdentityWorld
let good: Evil
const on = { refresh_tokens: { enabled: true, persist_in_session_store: true } }
before(async () => {
  world = await openIdentity({ oidc: on })
  good = { ...world.evil.say }
})
beforeEach(() => {
  Object.assign(world.evil.say, good, { token: { refresh_token: 'refresh-1' } })
  world.evil.heard.length = 0
})
after(() => world[Symbol.asyncDispose]())

async function signedIn(from = world): Promise<Person> {
  const eve = from.person()
  await signInAtEvil(from, eve)
  from.evil.heard.length = 0
  return eve
}

/** The refresh tokens that the provider was shown since. */
const shown = () =>
  world.evil.heard
    .filter(({ path }) => path === '/token')
    .map(({ body }) => new URLSearchParams(body).get('refresh_token'))

test('SB-14 the refresh token is kept sealed', async () => {
  await signedIn()
  const rows = await world.sql<{ sealed: Buffer }>(
    'select refresh_token_sealed as sealed from plinth.sessions where refresh_token_sealed is not null',
  )
  assert.ok(rows.length > 0)
  assert.ok(rows.every(({ sealed }) => !sealed.toString('latin1').includes('refresh-1')))
})

test('RP-94 RP-96 each refresh uses the newest refresh token, and keeps the old one where none came', async () => {
  const eve = await signedIn()
  for (const next of ['refresh-2', undefined, 'refresh-3']) {
    world.evil.say.token = { id_token: undefined, refresh_token: next }
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  }
  assert.deepEqual(shown(), ['refresh-1', 'refresh-2', 'refresh-2'])
})

test('RP-97 invalid_grant: signed out, 401 Session refresh failed, cookie cleared, audited', async () => {
  const eve = await signedIn()
  world.evil.say.answer = (request, response) => {
    if (request.url !== '/token') return false
    response.writeHead(400, { 'content-type': 'application/json' }).end('{"error":"invalid_grant"}')
    return true
  }
  const answer = await eve.post('/auth/web/refresh')
  assert.deepEqual([answer.status, answer.body['detail']], [401, 'Session refresh failed'])
  assert.equal(eve.cookies.size, 0)
  const [row] = await world.sql(
    'select action, reason from plinth.audit_events order by occurred_at desc, id desc limit 1',
  )
  assert.deepEqual(row, { action: 'session.refresh_failed', reason: 'provider_refused' })
})

for (const [title, claims] of [
  ['another subject', { sub: 'somebody-else' }],
  ['another issuer', { iss: 'https://other.example' }],
  ['another audience', { aud: 'other' }],
] as const) {
  test(`RP-95 oidcc-client-test-refresh-token-invalid: a refreshed ID token of ${title} ends the session`, async () => {
    const eve = await signedIn()
    world.evil.say.claims = claims
    assert.equal((await eve.post('/auth/web/refresh')).status, 401)
    assert.equal((await eve.get('/auth/web/me')).body['authenticated'], false)
  })
}

test('RP-98 a provider that is down during a refresh costs nobody their session', async () => {
  const eve = await signedIn()
  world.evil.say.answer = (request) => {
    request.socket.destroy()
    return true
  }
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.equal((await eve.get('/auth/web/me')).body['authenticated'], true)
})

test('RP-99 SB-27 twenty refreshes at once ask the provider once', async () => {
  const eve = await signedIn()
  world.evil.say.token = { id_token: undefined, refresh_token: 'refresh-2' }
  const csrf = await eve.refreshCsrf()
  const headers = {
    cookie: `user_session_id=${eve.cookies.get('user_session_id')}`,
    origin: ORIGIN,
    'x-csrf-token': csrf,
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
  }
  const refresh = () => fetch(`${world.http.url}/auth/web/refresh`, { method: 'POST', headers })
  const answers = await Promise.all(Array.from({ length: 20 }, refresh))
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(shown().length, 1)
})

test('C5 without that policy nothing is kept, the provider is not asked, and refresh works', async () => {
  await using plain = await openIdentity({
    oidc: { refresh_tokens: { enabled: true, persist_in_session_store: false } },
  })
  plain.evil.say.token = { refresh_token: 'refresh-1' }
  const eve = await signedIn(plain)
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(plain.evil.heard, [])
  const rows = await plain.sql(
    'select 1 from plinth.sessions where refresh_token_sealed is not null',
  )
  assert.equal(rows.length, 0)
})
