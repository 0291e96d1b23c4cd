import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { hashToken } from '../kernel/index.ts'
import { holdsJwt } from '../testing/holds-jwt.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { CHROME, COOKIE, callsTo, openIdentity, signInAt, withCookie } from './identity.fixture.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())
const { isSignedIn, send, signedIn } = callsTo(() => world)

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0'

const audits = (action: string) =>
  world.sql('select * from plinth.audit_events where action = $1', [action])

test('4.3 SB-60 SB-12 /me without a session: 200 with nulls, no-store, Vary: Cookie', async () => {
  const answer = await send('GET', '/auth/web/me')
  assert.equal(answer.status, 200)
  const { authenticated, user, csrf_token } = answer.body
  assert.deepEqual(
    { authenticated, user, csrf_token },
    { authenticated: false, user: null, csrf_token: null },
  )
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  assert.match(answer.headers.get('vary') ?? '', /Cookie/)
})

test('4.3 /me is always 200, whatever a client adds against caches', async () => {
  for (const query of ['?_=1764000000', '?x=1&x=2', '?', '?return_to=/a']) {
    const { status, body } = await send('GET', `/auth/web/me${query}`)
    assert.deepEqual([status, body['authenticated']], [200, false], query)
  }
})

test('4.3 D5 /me is 200 for a token or key that is worth nothing, and two credentials stay a 400', async () => {
  const key = `sk_service_${'A'.repeat(43)}`
  for (const headers of [
    { authorization: 'Bearer junk' },
    { authorization: 'Basic YTpi' },
    { 'x-api-key': key },
  ]) {
    const { status, body, headers: answered } = await send('GET', '/auth/web/me', headers)
    const { authenticated, user, csrf_token } = body
    assert.deepEqual([status, authenticated, user, csrf_token], [200, false, null, null])
    assert.equal(answered.get('www-authenticate'), null)
  }
  const both = { authorization: 'Bearer junk', 'x-api-key': key }
  assert.equal((await send('GET', '/auth/web/me', both)).status, 400)
  assert.equal((await send('GET', '/auth/me', { authorization: 'Bearer junk' })).status, 401)
})

const JUNK = [
  '"quoted"',
  'a b',
  '%',
  '%ZZ',
  'x'.repeat(4_000),
  'é'.normalize(),
  '',
  '=',
  'A'.repeat(43),
]
for (const value of JUNK) {
  test(`SB-15 a session cookie of ${JSON.stringify(value.slice(0, 12))} stands for nobody and is no error`, async () => {
    const cookie = Buffer.from(`${COOKIE}=${value}`).toString('latin1')
    const answer = await send('GET', '/auth/web/me', { cookie })
    assert.deepEqual([answer.status, answer.body['authenticated']], [200, false])
  })
}

test('SB-04 the session cookie twice is refused, whichever comes first', async () => {
  const ana = await signedIn()
  const good = `${COOKIE}=${ana.cookies.get(COOKIE)}`
  const bad = `${COOKIE}=${'B'.repeat(43)}`
  for (const cookie of [`${good}; ${bad}`, `${bad}; ${good}`, `${good}; ${good}`]) {
    assert.equal((await send('GET', '/auth/web/me', { cookie })).body['authenticated'], false)
  }
})

test('SB-14 v5.0.0-V7.2.3 the database holds no usable session id and no readable token of the provider', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE) ?? ''
  const [row] = await world.sql<{ id_token_sealed: Buffer; refresh_token_sealed: null }>(
    'select * from plinth.sessions where id_hash = $1',
    [hashToken('session', token)],
  )
  assert.ok(row && !JSON.stringify(row).includes(token))
  assert.ok(!holdsJwt(row.id_token_sealed.toString('latin1')))
  assert.equal(row.refresh_token_sealed, null)
})

test('SB-15 SB-16 RP-33 v5.0.0-V7.2.4 signing in again gives a new id, and the old session is over', async () => {
  const ana = await signedIn()
  const first = ana.cookies.get(COOKIE)
  await signInAt(ana, 'testuser2')
  const second = ana.cookies.get(COOKIE)
  assert.notEqual(first, second)
  assert.deepEqual([await isSignedIn(first), await isSignedIn(second)], [false, true])
})

test('SB-28 a read by session costs one round trip and writes nothing within a minute', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  // xmin changes with every write of a row.
  const version = () =>
    world.sql('select xmin::text from plinth.sessions where id_hash = $1', [
      hashToken('session', token ?? ''),
    ])
  const [written, trips] = [await version(), world.db.database.statistics.roundTrips]
  for (let at = 0; at < 5; at += 1) assert.equal(await isSignedIn(token), true)
  assert.equal(world.db.database.statistics.roundTrips - trips, 5)
  assert.deepEqual(await version(), written)
  world.clock.advance(60_000)
  await isSignedIn(token)
  const touched = await version()
  assert.notDeepEqual(touched, written)
  await isSignedIn(token)
  assert.deepEqual(await version(), touched)
  world.clock.advance(-60_000)
})

test('SB-24 v5.0.0-V7.3.1 idle and absolute limits, shortly before and at the limit', async () => {
  const [idle, busy] = [await signedIn(), await signedIn()]
  const token = idle.cookies.get(COOKIE)
  // The clock goes on by itself: half a minute is left for a machine with much to do.
  world.clock.advance(3_570_000)
  const early = await isSignedIn(token)
  world.clock.advance(3_600_000)
  const late = await isSignedIn(token)
  world.clock.advance(-7_170_000)
  assert.deepEqual([early, late], [true, false])
  const second = busy.cookies.get(COOKIE)
  const start = await world.sql<{ ends: string; made: string }>(
    'select absolute_expires_at as ends, created_at as made from plinth.sessions where id_hash = $1',
    [hashToken('session', second ?? '')],
  )
  assert.equal(Date.parse(start[0]?.ends ?? '') - Date.parse(start[0]?.made ?? ''), 86_400_000)
})

test('SB-24 v5.0.0-V7.3.2 max_session_lifetime_seconds is the end, however often a session is refreshed', async () => {
  await using small = await openIdentity({
    oidc: { refresh_tokens: { max_session_lifetime_seconds: 100 } },
  })
  const ana = small.person()
  await signInAt(ana)
  small.clock.advance(60_000)
  assert.equal((await ana.post('/auth/web/refresh')).status, 200)
  small.clock.advance(20_000)
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], true)
  small.clock.advance(21_000)
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], false)
})

test('D6 SB-17 refresh rotates id and CSRF token; SB-42 the old CSRF token dies with the id', async () => {
  const ana = await signedIn()
  const [old, csrf] = [ana.cookies.get(COOKIE), await ana.refreshCsrf()]
  const answer = await ana.post('/auth/web/refresh')
  assert.deepEqual([answer.status, answer.body['message']], [200, 'Session refreshed'])
  const fresh = ana.cookies.get(COOKIE)
  assert.notEqual(fresh, old)
  assert.notEqual(answer.body['csrf_token'], csrf)
  assert.equal(await ana.refreshCsrf(), answer.body['csrf_token'])
  const stale = await send('POST', '/auth/web/logout', withCookie(fresh, { 'x-csrf-token': csrf }))
  assert.deepEqual([stale.status, String(stale.body['detail']).includes('CSRF')], [403, true])
})

test('D9 SB-25 SB-27 twenty refreshes at once: one successor, every answer usable, no fork', async () => {
  const ana = await signedIn()
  const [old, csrf] = [ana.cookies.get(COOKIE), await ana.refreshCsrf()]
  const before = await world.sql('select id from plinth.sessions')
  const answers = await Promise.all(
    Array.from({ length: 20 }, () =>
      send('POST', '/auth/web/refresh', withCookie(old, { 'x-csrf-token': csrf })),
    ),
  )
  assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
  assert.equal(new Set(answers.map(({ set }) => set[0])).size, 1)
  assert.equal(new Set(answers.map(({ body }) => body['csrf_token'])).size, 1)
  assert.equal((await world.sql('select id from plinth.sessions')).length, before.length + 1)
  const fresh = /=([\w-]{43});/.exec(answers[0]?.set[0] ?? '')?.[1]
  assert.deepEqual([await isSignedIn(old), await isSignedIn(fresh)], [true, true])
})

test('D9 SB-26 an old id after the grace: 401, both sessions end, one audit row', async () => {
  const ana = await signedIn()
  const old = ana.cookies.get(COOKIE)
  await ana.post('/auth/web/refresh')
  const fresh = ana.cookies.get(COOKIE)
  const before = (await audits('session.use_after_rotate')).length
  world.clock.advance(5_000)
  assert.equal(await isSignedIn(old), true)
  world.clock.advance(5_100)
  assert.equal(await isSignedIn(old), false)
  assert.deepEqual([await isSignedIn(old), await isSignedIn(fresh)], [false, false])
  world.clock.advance(-10_100)
  assert.equal((await audits('session.use_after_rotate')).length, before + 1)
})

test('SB-31 a clock that is set back does not bring an old id to life', async () => {
  const ana = await signedIn()
  const old = ana.cookies.get(COOKIE)
  await ana.post('/auth/web/refresh')
  world.clock.advance(-60_000)
  assert.equal(await isSignedIn(old), false)
  world.clock.advance(60_000)
})

test('D7 SB-35 another browser family: audited once, reads go on, refresh is refused', async () => {
  const ana = await signedIn()
  const [token, csrf] = [ana.cookies.get(COOKIE), await ana.refreshCsrf()]
  const before = (await audits('session.browser_changed')).length
  const firefox = { 'user-agent': FIREFOX }
  assert.deepEqual(
    [await isSignedIn(token, firefox), await isSignedIn(token, firefox)],
    [true, true],
  )
  assert.equal((await audits('session.browser_changed')).length, before + 1)
  const refused = await send(
    'POST',
    '/auth/web/refresh',
    withCookie(token, { ...firefox, 'x-csrf-token': csrf }),
  )
  assert.deepEqual([refused.status, refused.body['detail']], [401, 'Invalid session'])
})

test('SB-36 SB-37 SB-38 a new version of the browser, another address or a forged one: no logout, no audit row', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  const before = (await audits('session.browser_changed')).length
  const newer = {
    'user-agent': CHROME.replace('156', '157'),
    'x-forwarded-for': '203.0.113.9',
    'accept-encoding': 'zstd',
  }
  assert.equal(await isSignedIn(token, newer), true)
  assert.equal((await audits('session.browser_changed')).length, before)
})

test('v5.0.0-V8.2.4 D7 SB-35 strict: the same cookie in another browser is not signed in', async () => {
  await using strict = await openIdentity({ sessions: { fingerprint: 'strict' } })
  const ana = strict.person()
  await signInAt(ana)
  assert.equal(
    (await ana.get('/auth/web/me', { 'user-agent': FIREFOX })).body['authenticated'],
    false,
  )
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], true)
})

test('SB-39 SB-40 a fingerprint is a keyed hash and no credential', async () => {
  const ana = await signedIn()
  const [row] = await world.sql<{ fingerprint: Buffer; id: string }>(
    'select fingerprint, id from plinth.sessions where id_hash = $1',
    [hashToken('session', ana.cookies.get(COOKIE) ?? '')],
  )
  assert.ok(!/chrome/i.test(row?.fingerprint.toString() ?? 'chrome'))
  for (const guess of [row?.fingerprint.toString(), row?.id])
    assert.equal(await isSignedIn(guess), false)
})

test('SB-20 a disabled person is nobody at the next request', async () => {
  const ben = world.person()
  await signInAt(ben, 'testuser2')
  const disable = (status: string) =>
    world.sql("update plinth.people set status = $1 where email = 'testuser2@example.com'", [
      status,
    ])
  await disable('disabled')
  assert.equal((await ben.get('/auth/web/me')).body['authenticated'], false)
  const again = await signInAt(world.person(), 'testuser2')
  assert.deepEqual(again.headers.getSetCookie().length, 1)
  await disable('active')
})

test('SB-20 TN a suspended tenant and a lost membership give no permissions', async () => {
  const ana = await signedIn()
  const granted = async () => (await ana.get('/auth/web/me')).body['permissions']
  assert.deepEqual(await granted(), ['*'])
  await world.sql("update plinth.tenants set status = 'suspended'")
  assert.deepEqual(await granted(), [])
  await world.sql("update plinth.tenants set status = 'active'")
  await world.sql("update plinth.memberships set role = 'member'")
  assert.deepEqual(await granted(), [])
  await world.sql("update plinth.memberships set role = 'owner'")
})

test('D19 SB-01 SB-03 SB-05 on https every cookie is __Host-, Secure, HttpOnly, without Domain', async () => {
  const base_url = 'https://app.example'
  await using https = await openIdentity({ app: { base_url } })
  const eve = https.person()
  const login = await eve.get('/auth/web/login?provider=evil')
  const done = await eve.get(https.evil.callback(login.headers.get('location') ?? ''))
  const set = [...login.headers.getSetCookie(), ...done.headers.getSetCookie()]
  assert.equal(set.length, 3)
  for (const cookie of set) {
    assert.match(
      cookie,
      /^__Host-(?:auth_session_id_[\w-]{8}|user_session_id)=[\w-]*; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    )
  }
  const plain = { cookie: `user_session_id=${eve.cookies.get('__Host-user_session_id')}` }
  assert.equal((await https.person().get('/auth/web/me', plain)).body['authenticated'], false)
})

for (const [setting, written] of [
  ['none', 'None'],
  ['strict', 'Strict'],
] as const) {
  test(`D19 v5.0.0-V3.3.1 v5.0.0-V3.3.2 v5.0.0-V3.3.3 SameSite=${written} for the session is always Secure and __Host-; cookies of a login stay Lax, but for one that a script of another site starts`, async () => {
    await using world = await openIdentity({
      app: { base_url: 'https://app.example', session_cookie: { same_site: setting } },
    })
    const eve = world.person()
    const login = await eve.get('/auth/web/login?provider=evil')
    const done = await eve.get(world.evil.callback(login.headers.get('location') ?? ''))
    const link = await eve.post('/auth/identities', { provider: 'evil' })
    const [started = ''] = link.headers.getSetCookie()
    // A script of another site starts it, and to a script's call a browser takes no Lax cookie.
    assert.match(
      started,
      setting === 'none' ? /; SameSite=None; Secure$/ : /; SameSite=Lax; Secure$/,
    )
    const refreshed = await eve.post('/auth/web/refresh')
    const gone = await eve.post('/auth/web/logout')
    const set = [login, done, refreshed, gone].flatMap(({ headers }) => headers.getSetCookie())
    const [session, pending] = [
      set.filter((cookie) => cookie.startsWith('__Host-user_session_id=')),
      set.filter((cookie) => cookie.startsWith('__Host-auth_session_id_')),
    ]
    assert.deepEqual([session.length, pending.length, set.length], [3, 2, 5])
    const flags = (sameSite: string) =>
      new RegExp(`; Path=/; HttpOnly; SameSite=${sameSite}; Secure$`)
    for (const cookie of session) assert.match(cookie, flags(written))
    for (const cookie of pending) assert.match(cookie, flags('Lax'))
  })
}

test('SB-10 SB-11 over all of this no session id reached a body, an audit row or a log line', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE) ?? ''
  const me = JSON.stringify((await ana.get('/auth/web/me')).body)
  const rows = JSON.stringify(await world.sql('select * from plinth.audit_events'))
  for (const text of [me, rows, world.http.logged.join()]) {
    assert.ok(!text.includes(token) && !holdsJwt(text))
  }
})
