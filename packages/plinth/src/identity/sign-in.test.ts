import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { completeLogin } from '../dev/index.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { ORIGIN, openIdentity, signInAt, startAt } from './identity.fixture.ts'

let world: IdentityWorld
before(async () => {
  world = await openIdentity()
})
after(() => world[Symbol.asyncDispose]())

const count = async (table: string) =>
  Number((await world.sql<{ n: string }>(`select count(*) as n from plinth.${table}`))[0]?.n)
const lastAudit = async () =>
  (
    await world.sql<{ action: string; outcome: string; reason: string | null }>(
      'select action, outcome, reason from plinth.audit_events order by occurred_at desc, id desc limit 1',
    )
  )[0]

/** Goes to the provider and back; the callback is not visited yet. */
async function comeBack(person: ReturnType<IdentityWorld['person']>, query = ''): Promise<string> {
  const url = new URL(
    await completeLogin(await startAt(person, query), {
      username: 'testuser1',
      password: 'password123',
    }),
  )
  return `${url.pathname}${url.search}`
}

test('RP-14 oidcc-client-test 4.2: a person signs in, is told who they are, and goes where they wanted', async () => {
  const ana = world.person()
  const answer = await signInAt(ana, 'testuser1', '?return_to=/dashboard?tab=1')
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/dashboard?tab=1'])
  const { body } = await ana.get('/auth/web/me')
  assert.deepEqual(
    { ...body, csrf_token: typeof body['csrf_token'], tenant: typeof body['tenant'] },
    {
      authenticated: true,
      user: {
        id: (body['user'] as { id: string }).id,
        email: 'testuser1@example.com',
        first_name: 'Test',
        last_name: 'User One',
        name: 'Test User One',
      },
      tenant: 'object',
      permissions: ['*'],
      csrf_token: 'string',
    },
  )
})

test('RP-01 RP-02 RP-07 v5.0.0-V10.2.3 the authorization request: code only, PKCE S256, exactly the scopes', async () => {
  const asked = new URL(await startAt(world.person())).searchParams
  assert.deepEqual([...asked.keys()].toSorted(), [
    'client_id',
    'code_challenge',
    'code_challenge_method',
    'nonce',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
  ])
  assert.equal(asked.get('response_type'), 'code')
  assert.equal(asked.get('code_challenge_method'), 'S256')
  assert.equal(asked.get('scope'), 'openid email profile')
  for (const name of ['state', 'nonce', 'code_challenge']) {
    assert.match(asked.get(name) ?? '', /^[A-Za-z0-9_-]{43}$/)
  }
})

test('RP-04 RP-08 v5.0.0-V10.1.2 the login is bound to a browser and kept on the server as hashes', async () => {
  const ana = world.person()
  const answer = await ana.get('/auth/web/login')
  const state = new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? ''
  const [cookie = ''] = answer.headers.getSetCookie()
  assert.match(
    cookie,
    /^auth_session_id_[\w-]{8}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  )
  assert.ok(cookie.startsWith(`auth_session_id_${state.slice(0, 8)}=`))
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  const rows = await world.sql(
    'select * from plinth.pending_logins order by created_at desc limit 1',
  )
  const value = cookie.slice(cookie.indexOf('=') + 1, cookie.indexOf(';'))
  assert.ok(!JSON.stringify(rows).includes(state) && !JSON.stringify(rows).includes(value))
})

test('RP-05 RP-06 XF-13 redirect_uri, scope and client come from settings, whatever the request says', async () => {
  const evil = 'evil.test'
  const query = `?redirect_uri=https://${evil}&scope=admin&response_type=token&client_id=x&acr_values=0`
  const asked = new URL(
    await startAt(world.person(), query, {
      'x-forwarded-host': evil,
      'x-forwarded-proto': 'https',
      forwarded: `host=${evil}`,
    }),
  )
  assert.equal(asked.searchParams.get('redirect_uri'), `${ORIGIN}/auth/web/callback`)
  assert.ok(!asked.href.includes(evil))
  assert.deepEqual(
    ['scope', 'response_type', 'client_id', 'acr_values'].map((name) =>
      asked.searchParams.get(name),
    ),
    ['openid email profile', 'code', 'test-client', null],
  )
})

test('RP-09 D20 two tabs sign in at once and both finish', async () => {
  const ana = world.person()
  const [one, two] = [await comeBack(ana), await comeBack(ana)]
  assert.equal((await ana.get(two)).status, 302)
  assert.equal((await ana.get(one)).status, 302)
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], true)
})

test('RP-10 D20 fifty starts leave five pending logins, the newest, and a small cookie header', async () => {
  const ana = world.person()
  const before = await count('pending_logins')
  const started: string[] = []
  for (let at = 0; at < 50; at += 1) started.push(await startAt(ana))
  assert.equal(await count('pending_logins'), before + 5)
  const states = started.slice(-5).map((url) => new URL(url).searchParams.get('state')?.slice(0, 8))
  assert.deepEqual(
    [...ana.cookies.keys()].toSorted(),
    states.map((state) => `auth_session_id_${state}`).toSorted(),
  )
})

const UNKNOWN = [
  'nobody',
  'off',
  'clientless',
  '__proto__',
  'constructor',
  '../x',
  'x'.repeat(7_000),
]
for (const name of UNKNOWN) {
  test(`RP-12 provider ${name.slice(0, 20)} is refused`, async () => {
    const answer = await world.person().get(`/auth/web/login?provider=${encodeURIComponent(name)}`)
    assert.equal(answer.status, 400)
    assert.match(String(answer.body['detail']), /^Unknown provider/)
  })
}

test('C31 provider default, empty and absent mean the default provider; two are refused', async () => {
  for (const query of ['', '?provider=', '?provider=default', '?provider=keycloak']) {
    assert.ok((await startAt(world.person(), query)).startsWith(world.provider.issuer))
  }
  assert.equal(
    (await world.person().get('/auth/web/login?provider=evil&provider=keycloak')).status,
    400,
  )
})

test('5.1 return_to of a login is the reference rule: foreign and doubled ones become the default', async () => {
  for (const query of [
    '?return_to=//evil.test',
    '?return_to=/a&return_to=/b',
    '?return_to=/auth/web/login',
  ]) {
    const answer = await signInAt(world.person(), 'testuser1', query)
    assert.equal(answer.headers.get('location'), '/')
  }
})

test('RP-34 what the browser holds says nothing of where it goes: return_to lies on the server', async () => {
  const ana = world.person()
  const back = await comeBack(ana, '?return_to=/kept')
  assert.equal(
    (await ana.get(`${back}&return_to=https://evil.test`)).headers.get('location'),
    '/kept',
  )
})

type Bend = (path: string) => string
const with_ =
  (name: string, value: string): Bend =>
  (path) => {
    const url = new URL(path, ORIGIN)
    url.searchParams.set(name, value)
    return `${url.pathname}${url.search}`
  }
const without =
  (name: string): Bend =>
  (path) => {
    const url = new URL(path, ORIGIN)
    url.searchParams.delete(name)
    return `${url.pathname}${url.search}`
  }
const other = 'A'.repeat(43)

const FOREIGN_STATES: readonly (readonly [string, Bend])[] = [
  ['RP-15 state missing', without('state')],
  ['RP-16 state wrong', with_('state', other)],
  ['RP-21 state twice', (path) => `${path}&state=${other}`],
  ['RP-21 state[]', (path) => path.replace('state=', 'state[]=')],
  [
    'RP-24 error with a wrong state',
    (path) => with_('error', 'access_denied')(with_('state', other)(path)),
  ],
  ['RP-30 JARM response only', () => '/auth/web/callback?response=eyJhbGciOiJub25lIn0.e30.'],
  ['RP-35 a state of 7 kB', with_('state', 'x'.repeat(7_000))],
]
for (const [title, bend] of FOREIGN_STATES) {
  test(`${title} → 400, nothing deleted, and the real callback still works (D20)`, async () => {
    const ana = world.person()
    const back = await comeBack(ana)
    const sessions = await count('sessions')
    const answer = await ana.get(bend(back))
    assert.equal(answer.status, 400)
    assert.equal(answer.body['detail'], 'Invalid or expired auth session')
    assert.deepEqual(answer.headers.getSetCookie(), [])
    assert.equal((await lastAudit())?.reason, 'login_unknown')
    assert.equal(await count('sessions'), sessions)
    assert.equal((await ana.get(back)).status, 302)
  })
}

test('RP-17 v5.0.0-V10.2.1 the callback of another browser is refused: no cookie, and with one of its own', async () => {
  const [attacker, victim] = [world.person(), world.person()]
  const back = await comeBack(attacker)
  const bare = await victim.get(back)
  assert.deepEqual([bare.status, bare.body['detail']], [400, 'Missing auth session'])
  await startAt(victim)
  const own = await victim.get(back)
  assert.deepEqual([own.status, own.body['detail']], [400, 'Invalid or expired auth session'])
  assert.ok(!victim.cookies.has('user_session_id'))
})

test('SB-41 login cookies swapped between two browsers open nothing', async () => {
  const [one, two] = [world.person(), world.person()]
  const [backOne, backTwo] = [await comeBack(one), await comeBack(two)]
  const [cookieOne, cookieTwo] = [[...one.cookies], [...two.cookies]]
  const [[nameOne], [nameTwo]] = [cookieOne[0] ?? [''], cookieTwo[0] ?? ['']]
  one.cookies.set(nameOne ?? '', cookieTwo[0]?.[1] ?? '')
  two.cookies.set(nameTwo ?? '', cookieOne[0]?.[1] ?? '')
  assert.deepEqual([(await one.get(backOne)).status, (await two.get(backTwo)).status], [400, 400])
})

test('SB-04 a login cookie that is there twice is no login cookie', async () => {
  const ana = world.person()
  const back = await comeBack(ana)
  const [name = ''] = ana.cookies.keys()
  const doubled = { cookie: `${name}=${ana.cookies.get(name)}; ${name}=${other}` }
  assert.equal((await ana.get(back, doubled)).status, 400)
})

test('RP-20 v5.0.0-V10.2.1 a state older than ten minutes: refused, cookie and row are gone', async () => {
  const ana = world.person()
  const back = await comeBack(ana)
  world.clock.advance(600_000)
  const late = await ana.get(back)
  world.clock.advance(-600_000)
  assert.deepEqual([late.status, late.body['detail']], [400, 'Invalid or expired auth session'])
  assert.equal((await lastAudit())?.reason, 'login_expired')
  assert.equal(ana.cookies.size, 0)
  assert.equal((await ana.get(back)).status, 400)
})

test('4.2 a callback in another kind of browser is refused and cannot be tried again', async () => {
  const ana = world.person()
  const back = await comeBack(ana)
  const firefox = {
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0',
  }
  assert.equal((await ana.get(back, firefox)).status, 400)
  assert.equal((await lastAudit())?.reason, 'other_browser')
  assert.equal((await ana.get(back)).status, 400)
})

test('RP-18 a replayed callback is refused', async () => {
  const ana = world.person()
  const back = await comeBack(ana)
  const jar = new Map(ana.cookies)
  assert.equal((await ana.get(back)).status, 302)
  for (const [name, value] of jar) ana.cookies.set(name, value)
  assert.equal((await ana.get(back)).status, 400)
})

test('RP-23 error=access_denied ends this login quietly: 302 to /, no detail', async () => {
  const ana = world.person()
  const back = with_('error', 'access_denied')(without('code')(await comeBack(ana)))
  const answer = await ana.get(`${back}&error_description=<svg onload=alert(1)>`)
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/'])
  assert.deepEqual([(await lastAudit())?.reason, ana.cookies.size], ['provider_error', 0])
  assert.ok(!JSON.stringify(answer.body).includes('svg'))
})

test('RP-22 RP-28 neither code nor error, but an id_token in the query: not used', async () => {
  const ana = world.person()
  const back = without('code')(await comeBack(ana))
  const answer = await ana.get(`${back}&id_token=eyJhbGciOiJub25lIn0.e30.&access_token=x`)
  assert.deepEqual([answer.status, answer.headers.get('location')], [302, '/'])
  assert.ok(!ana.cookies.has('user_session_id'))
  assert.equal((await lastAudit())?.reason, 'code_missing')
})

test('RP-29 SB-50 other methods do not reach login and callback', async () => {
  const pending = await count('pending_logins')
  for (const path of ['/auth/web/login', '/auth/web/callback']) {
    for (const method of ['POST', 'PUT', 'HEAD']) {
      const { status } = await fetch(`${world.http.url}${path}`, { method, redirect: 'manual' })
      assert.ok(status === 404 || status === 405, `${method} ${path} → ${status}`)
    }
  }
  assert.equal(await count('pending_logins'), pending)
})

for (const [title, bend] of [
  ['%ZZ', (path: string) => `${without('state')(path)}&state=%ZZ`],
  ['NUL', with_('state', '\0')],
] as const) {
  test(`RP-35 ${title} in the callback is 400 before anything is looked at`, async () => {
    const ana = world.person()
    const back = await comeBack(ana)
    assert.equal((await ana.get(bend(back))).status, 400)
    assert.equal((await ana.get(back)).status, 302)
  })
}

test('RP-35 a callback with 1,000 fields is no 5xx', async () => {
  const many = Array.from({ length: 1_000 }, (_, at) => `a${at}=1`).join('&')
  const { status } = await world.person().get(`/auth/web/callback?${many}`)
  assert.ok(status >= 400 && status < 500)
})

test('SB-10 SB-11 over all of this no token, code or secret reached a log line', async () => {
  const text = world.http.logged.join('\n')
  for (const needle of ['eyJ', 'test-client-secret', 'code=', 'state=', 'user_session_id']) {
    assert.ok(!text.includes(needle), needle)
  }
})
