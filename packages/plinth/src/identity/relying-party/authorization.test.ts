import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { CallHeaders } from '../../testing/person.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    // What is forged below comes through a proxy that may say where from.
    'app.trusted_proxies': ['127.0.0.1'],
    'oidc.providers.other.scopes': ['openid', 'email', 'offline_access'],
    'oidc.providers.off.issuer': 'https://off.example',
    'oidc.providers.off.client_id': 'x',
    'oidc.providers.off.enabled': false,
    'oidc.providers.clientless.issuer': 'https://clientless.example',
  })
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

/** Fields of the authorization request that a login leads to. */
async function asked(query = '', headers: CallHeaders = {}): Promise<URLSearchParams> {
  const { headers: back } = await party.world.visitor().get(`/auth/web/login${query}`, headers)
  return new URL(back.get('location') ?? 'http://nowhere').searchParams
}

/** All that our own authorization request says. */
const ASKED = [
  ...['client_id', 'code_challenge', 'code_challenge_method', 'nonce'],
  ...['redirect_uri', 'response_type', 'scope', 'state'],
]

/** The cookie of a sign-in at a service without TLS: no prefix, no Secure. */
const PENDING = /^auth_session_id_[\w-]{8}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/

const pending = async () =>
  (await party.sql('select id from plinth.pending_logins where consumed_at is null')).length

test('RP-01 RP-02 oidcc-client-test: code only, PKCE S256 for a client with a secret, and nothing else in the URL', async () => {
  const fields = await asked()
  assert.deepEqual([...fields.keys()].toSorted(), ASKED)
  assert.deepEqual(
    ['response_type', 'code_challenge_method', 'client_id'].map((name) => fields.get(name)),
    ['code', 'S256', 'evil-client'],
  )
})

test('RP-02 state, nonce, challenge and verifier are new for each of 200 starts, of 256 bits, and never each other', async () => {
  const { evil, world } = party
  const seen = new Set<string>()
  for (let at = 0; at < 200; at += 1) {
    const fields = new URL(await evil.start(world.visitor())).searchParams
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const value = fields.get(name) ?? ''
      assert.match(value, /^[A-Za-z0-9_-]{43}$/)
      seen.add(value)
    }
  }
  const kept = await party.sql<{ nonce: string; code_verifier: string }>(
    'select nonce, code_verifier from plinth.pending_logins order by created_at desc limit 200',
  )
  for (const { code_verifier: verifier } of kept) seen.add(verifier)
  assert.equal(seen.size, 800)
})

test('RP-04 v5.0.0-V10.1.2 the sign-in is bound to a browser, and kept on the server with all it needs', async () => {
  const { evil, sql, world } = party
  const answer = await world.visitor().get('/auth/web/login?return_to=/after')
  const state = new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const [cookie = ''] = answer.headers.getSetCookie()
  assert.match(cookie, PENDING)
  assert.ok(cookie.startsWith(`auth_session_id_${state.slice(0, 8)}=`))
  const [row] = await sql('select * from plinth.pending_logins order by created_at desc limit 1')
  const value = cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';'))
  const text = JSON.stringify(row)
  assert.ok(!text.includes(state) && !text.includes(value), 'only their hashes are kept')
  assert.deepEqual(
    [row?.['provider'], row?.['redirect_uri'], row?.['return_to'], row?.['consumed_at']],
    [evil.name, 'http://localhost:8000/auth/web/callback', '/after', null],
  )
})

const SPOOFED: readonly CallHeaders[] = [
  { 'x-forwarded-host': 'evil.test' },
  { 'x-forwarded-proto': 'https', 'x-forwarded-port': '444' },
  { forwarded: 'host=evil.test;proto=https' },
  { 'x-original-host': 'evil.test', 'x-host': 'evil.test' },
  { 'x-forwarded-prefix': '/evil.test' },
]
for (const headers of SPOOFED) {
  test(`RP-05 XF-13 redirect_uri and cookie come from settings, whatever ${Object.keys(headers)[0]} of a trusted proxy says`, async () => {
    const answer = await party.world.visitor().get('/auth/web/login', headers)
    const fields = new URL(answer.headers.get('location') ?? '').searchParams
    assert.equal(fields.get('redirect_uri'), 'http://localhost:8000/auth/web/callback')
    assert.ok(!fields.toString().includes('evil.test'))
    assert.match(answer.headers.getSetCookie()[0] ?? '', PENDING)
  })
}

test('RP-05 redirect_uri comes from settings, whatever Host says', async () => {
  const inject = party.world.service.app.inject.bind(party.world.service.app)
  const { headers } = await inject({ url: '/auth/web/login', headers: { host: 'evil.test' } })
  const fields = new URL(String(headers.location)).searchParams
  assert.equal(fields.get('redirect_uri'), 'http://localhost:8000/auth/web/callback')
})

test('RP-06 a caller chooses neither redirect, scope, client, response type, state, nonce, PKCE nor strength', async () => {
  const own = {
    redirect_uri: 'https://evil.test/',
    scope: 'admin',
    response_type: 'token',
    client_id: 'x',
    state: 'x'.repeat(43),
    nonce: 'x'.repeat(43),
    code_challenge: 'x'.repeat(43),
    code_challenge_method: 'plain',
    response_mode: 'fragment',
    request: 'eyJhbGciOiJub25lIn0.e30.',
    request_uri: 'https://evil.test/request',
    claims: '{"id_token":{"admin":null}}',
    login_hint: 'admin@example.com',
    acr_values: 'never-configured',
  }
  const fields = await asked(`?${new URLSearchParams(own)}`)
  for (const [name, value] of Object.entries(own)) assert.notEqual(fields.get(name), value, name)
  assert.deepEqual([...fields.keys()].toSorted(), ASKED)
})

test('RP-07 v5.0.0-V10.2.3 the scopes asked for are exactly those of the provider’s settings', async () => {
  assert.equal((await asked()).get('scope'), 'openid email profile')
  assert.equal((await asked('?provider=other')).get('scope'), 'openid email offline_access')
})

test('RP-08 whatever sets or clears a cookie of the sign-in is never cached: start, end, failure and refusal', async () => {
  const { evil, world } = party
  const eve = world.visitor()
  const starts = async () => (await eve.get('/auth/web/login')).headers.get('location') ?? ''
  const login = await eve.get('/auth/web/login')
  const path = evil.callback(login.headers.get('location') ?? '')
  const back = await eve.get(path)
  const replayed = await eve.get(path)
  const failed = await eve.get(evil.callback(await starts(), { error: 'access_denied' }))
  const late = await starts()
  world.clock.advance(600_000)
  const refused = await eve.get(evil.callback(late))
  const seen = [login, back, replayed, failed, refused].map(({ status, headers }) => [
    ...[status, headers.get('cache-control'), headers.getSetCookie().length],
  ])
  assert.deepEqual(seen, [
    [302, 'no-store', 1],
    [302, 'no-store', 2],
    [400, 'no-store', 0],
    [302, 'no-store', 1],
    [400, 'no-store', 1],
  ])
})

test('RP-09 D20 two tabs sign in at once and both arrive where they wanted', async () => {
  const { evil, world } = party
  const eve = world.visitor()
  const [one, two] = [
    await evil.start(eve, 'return_to=/one'),
    await evil.start(eve, 'return_to=/two'),
  ]
  assert.equal((await eve.get(evil.callback(two))).headers.get('location'), '/two')
  assert.equal((await eve.get(evil.callback(one))).headers.get('location'), '/one')
  assert.equal((await meOf(eve)).authenticated, true)
})

test('RP-10 D20 fifty starts leave the five newest, a small cookie header and no 431', async () => {
  const { evil, world } = party
  const eve = world.visitor()
  const before = await pending()
  const started: string[] = []
  for (let at = 0; at < 50; at += 1) started.push(await evil.start(eve))
  assert.equal(await pending(), before + 5)
  const newest = started.slice(-5).map((url) => new URL(url).searchParams.get('state')?.slice(0, 8))
  assert.deepEqual(
    [...eve.cookies.keys()].toSorted(),
    newest.map((state) => `auth_session_id_${state}`).toSorted(),
  )
  const header = [...eve.cookies].map((pair) => pair.join('=')).join('; ')
  assert.ok(header.length < 8_192)
  await eve.get(evil.callback(started.at(-5) ?? ''))
  assert.equal((await meOf(eve)).authenticated, true)
})

const UNKNOWN = [
  ...['nobody', 'off', 'clientless', '__proto__', 'constructor', 'toString', '../x', 'EVIL'],
  ...['evil ', 'evil\0', 'x'.repeat(7_000)],
]
for (const name of UNKNOWN) {
  test(`RP-12 provider ${JSON.stringify(name.slice(0, 20))} is refused, and no sign-in starts`, async () => {
    const { evil, oracle, world } = party
    const { answer } = await oracle.refused(evil, {
      browser: world.visitor(),
      act: (browser) => browser.get(`/auth/web/login?provider=${encodeURIComponent(name)}`),
      ...{ reason: null, status: 400, pending: 'kept', tokenCalls: 0 },
    })
    assert.ok(JSON.stringify(answer.body).length < 1_000)
    assert.deepEqual(answer.headers.getSetCookie(), [])
  })
}

test('RP-12 a provider name of 10 kB is a 4xx, and two names are a 400', async () => {
  const long = await party.world.visitor().get(`/auth/web/login?provider=${'x'.repeat(10_000)}`)
  assert.ok(long.status >= 400 && long.status < 500)
  const two = await party.world.visitor().get('/auth/web/login?provider=evil&provider=other')
  assert.equal(two.status, 400)
})

test('C31 provider default, empty and absent mean the default provider', async () => {
  for (const query of ['', '?provider=', '?provider=default', '?provider=evil']) {
    assert.equal((await asked(query)).get('client_id'), 'evil-client')
  }
})
