import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { hashToken, newToken } from '../../kernel/index.ts'
import type { EvilProvider, Person, World } from '../../testing/index.ts'
import { startEvilProvider, startWorld } from '../../testing/index.ts'
import { createPerson } from '../../testing/person.ts'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import { until } from '../../testing/until.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'

const COOKIE = 'user_session_id'
const REFRESH_TOKEN = 'refresh-token-that-nobody-may-read'

let evil: EvilProvider
let world: World
let second: SecondProcess
before(async () => {
  evil = await startEvilProvider()
  world = await startWorld({
    features: [],
    providers: [evil],
    settings: {
      'oidc.refresh_tokens.enabled': true,
      'oidc.refresh_tokens.persist_in_session_store': true,
      'jobs.retry_delay_seconds': 1,
    },
  })
  second = await startSecondProcess(world, [evil])
})
after(async () => {
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
})
beforeEach(async () => {
  evil.reset()
  await sql('delete from plinth_jobs.job')
})

const sql = async <R>(text: string, values: unknown[] = []): Promise<readonly R[]> =>
  (await world.database.platform.query<R>(text, values)).rows

async function signedIn(): Promise<Person> {
  const person = world.visitor()
  evil.next('token', { token: { refresh_token: REFRESH_TOKEN } })
  await evil.signIn(person)
  assert.ok(person.cookies.has(COOKIE))
  return person
}

/** Another browser with the same cookie, at any process. */
async function isSignedIn(token: string | undefined, at = world.url): Promise<boolean> {
  const thief = createPerson({ url: at, origin: world.service.config.app.base_url })
  thief.cookies.set(COOKIE, token ?? '')
  return (await thief.get('/auth/web/me')).body['authenticated'] === true
}

const revocations = () => evil.calls('revoke')
const jobs = () =>
  sql<{ state: string; data: object; output: unknown }>(
    "select state, data, output from plinth_jobs.job where name = 'identity.revoke_token'",
  )

test('v5.0.0-V7.4.1 sign-out kills cookie, refreshed id and cached answers in every process', async () => {
  const ana = await signedIn()
  const first = ana.cookies.get(COOKIE)
  await ana.post('/auth/web/refresh')
  const fresh = ana.cookies.get(COOKIE)
  for (const url of [world.url, second.url]) {
    assert.deepEqual([await isSignedIn(first, url), await isSignedIn(fresh, url)], [true, true])
  }
  const me = await ana.get('/auth/web/me')
  assert.equal(me.headers.get('cache-control'), 'no-store')
  assert.equal((await ana.post('/auth/web/logout')).status, 200)
  // Not only when its grace is over: the id of before the refresh ends with the other.
  const left = `select 1 from plinth.sessions where revoked_at is null and family_id =
                  (select family_id from plinth.sessions where id_hash = $1)`
  assert.deepEqual(await sql(left, [hashToken('session', first ?? '')]), [])
  for (const url of [world.url, second.url]) {
    for (const token of [first, fresh]) await until(async () => !(await isSignedIn(token, url)))
  }
})

test('RP-103 rp-init-logout the provider gets hint, fixed absolute address and state, and the state comes back', async () => {
  const ana = await signedIn()
  const { body } = await ana.post('/auth/web/logout', undefined, {
    'x-forwarded-host': 'evil.test',
    host: 'evil.test',
  })
  const url = new URL(String(body['provider_logout_url']))
  const { base_url: own } = world.service.config.app
  assert.equal(`${url.origin}${url.pathname}`, `${evil.issuer}/end`)
  assert.deepEqual([...url.searchParams.keys()].sort(), [
    'client_id',
    'id_token_hint',
    'post_logout_redirect_uri',
    'state',
  ])
  assert.equal(url.searchParams.get('post_logout_redirect_uri'), `${own}/auth/web/logged-out`)
  const back = new URL((await fetch(url, { redirect: 'manual' })).headers.get('location') ?? '')
  assert.equal(back.searchParams.get('state'), url.searchParams.get('state'))
  const landed = await ana.get(`${back.pathname}${back.search}`)
  assert.deepEqual([landed.status, landed.headers.get('location')], [302, '/'])
})

test('RP-103 rp-init-logout-no-state the way back without a state is fine', async () => {
  const landed = await world.visitor().get('/auth/web/logged-out')
  assert.deepEqual([landed.status, landed.headers.get('location')], [302, '/'])
})

test('RP-103 rp-init-logout-other-state a state that is not ours, or old, is refused', async () => {
  const ana = await signedIn()
  const { body } = await ana.post('/auth/web/logout')
  const state = new URL(String(body['provider_logout_url'])).searchParams.get('state') ?? ''
  const [unique, until_, signature] = state.split('.')
  const others = [
    'x',
    '',
    newToken(),
    `${newToken()}.${until_}.${signature}`,
    `${unique}.${Number(until_) + 600}.${signature}`,
    `${state}&state=${state}`,
    `${state}x`,
  ]
  const land = async (text: string) =>
    (await world.visitor().get(`/auth/web/logged-out?state=${text}`)).status
  for (const other of others) assert.equal(await land(other), 400, other)
  assert.equal(await land(state), 302)
  world.clock.advance(601_000)
  assert.equal(await land(state), 400)
  world.clock.advance(-601_000)
})

test('RP-103 D9 the hint is there also when the cookie was rotated a moment ago', async () => {
  const ana = await signedIn()
  const before = createPerson({ url: world.url, origin: world.service.config.app.base_url })
  before.cookies.set(COOKIE, ana.cookies.get(COOKIE) ?? '')
  await before.refreshCsrf()
  await ana.post('/auth/web/refresh')
  const { body } = await before.post('/auth/web/logout')
  const { searchParams } = new URL(String(body['provider_logout_url']))
  assert.match(searchParams.get('id_token_hint') ?? '', /^eyJ/)
  assert.equal(await isSignedIn(ana.cookies.get(COOKIE)), false)
})

test('RP-104 CS-28 a GET or a sign-out from another site has no effect', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  const csrf = await ana.refreshCsrf()
  const cookie = `${COOKIE}=${token}`
  const { base_url: origin } = world.service.config.app
  const shapes: readonly [string, Record<string, string>][] = [
    ['GET', { cookie }],
    ['HEAD', { cookie }],
    ['OPTIONS', { cookie, origin: 'https://evil.test' }],
    ['GET', { cookie, origin, 'x-csrf-token': csrf }],
    ['POST', { cookie }],
    ['POST', { cookie, origin }],
    ['POST', { cookie, origin: 'https://evil.test', 'x-csrf-token': csrf }],
    ['POST', { cookie, origin: 'null', 'x-csrf-token': csrf }],
    ['POST', { cookie, 'sec-fetch-site': 'cross-site', 'x-csrf-token': csrf }],
    ['POST', { cookie, origin, 'content-type': 'application/x-www-form-urlencoded' }],
  ]
  for (const [method, headers] of shapes) {
    const answer = await fetch(`${world.url}/auth/web/logout`, { method, headers })
    assert.ok(answer.status >= 400 || method === 'OPTIONS', `${method} ${JSON.stringify(headers)}`)
    assert.equal(answer.headers.get('set-cookie'), null)
  }
  assert.equal(await isSignedIn(token), true)
  assert.equal((await jobs()).length, 0)
})

test('RP-118 rp-frontchannel front-channel logout has no effect, for a wrong and a right issuer and sid', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  const [row] = await sql<{ sid: string }>(
    `select provider_session_id as sid from plinth.sessions where revoked_at is null
      order by created_at desc limit 1`,
  )
  for (const iss of [evil.issuer, 'https://evil.test', '']) {
    for (const sid of [row?.sid ?? '', 'x', '']) {
      const query = new URLSearchParams({ iss, sid })
      const answer = await ana.get(`/auth/web/frontchannel-logout?${query}`)
      assert.deepEqual([answer.status, answer.body['code']], [400, 'auth.frontchannel_logout'])
      assert.equal(answer.headers.get('set-cookie'), null)
    }
  }
  assert.equal(await isSignedIn(token), true)
})

test('RP-103 an address of the operator’s own is sent as it is written, without a state that it could not check', async () => {
  await using own = await startWorld({
    features: [],
    providers: [evil],
    settings: { 'oidc.post_logout_redirect_uri': 'http://localhost:8000/bye/' },
  })
  const ana = own.visitor()
  await evil.signIn(ana)
  const { body } = await ana.post('/auth/web/logout')
  const { searchParams } = new URL(String(body['provider_logout_url']))
  assert.equal(searchParams.get('post_logout_redirect_uri'), 'http://localhost:8000/bye/')
  assert.equal(searchParams.has('state'), false)
})

test('RP-120 oidcc-client-test-3rd-party-init-login a configured issuer starts a sign-in of our own', async () => {
  const target = `${world.service.config.app.base_url}/dashboard?a=b`
  const query = new URLSearchParams({
    iss: evil.issuer,
    target_link_uri: target,
    login_hint: 'ana',
    redirect_uri: 'https://evil.test/',
    provider: 'x',
  })
  const visitor = world.visitor()
  const started = await visitor.get(`/auth/web/initiate-login?${query}`)
  const login = started.headers.get('location') ?? ''
  assert.equal(started.status, 302)
  const asked = new URLSearchParams({ provider: 'evil', return_to: '/dashboard?a=b' })
  assert.equal(login, `/auth/web/login?${asked}`)
  const there = (await visitor.get(login)).headers.get('location') ?? ''
  assert.ok(there.startsWith(`${evil.issuer}/authorize?`))
  const back = await visitor.get(evil.callback(there))
  assert.equal(back.headers.get('location'), '/dashboard?a=b')
})

test('RP-120 v5.0.0-V7.6.2 another issuer starts nothing, and an evil target becomes the start page', async () => {
  for (const iss of [`${evil.issuer}/`, 'https://evil.test', '', 'evil', '__proto__']) {
    const visitor = world.visitor()
    const answer = await visitor.get(`/auth/web/initiate-login?${new URLSearchParams({ iss })}`)
    assert.deepEqual([answer.status, visitor.cookies.size], [400, 0], iss)
  }
  const twice = `iss=${encodeURIComponent(evil.issuer)}`
  for (const query of ['', `${twice}&${twice}`]) {
    assert.equal((await world.visitor().get(`/auth/web/initiate-login?${query}`)).status, 400)
  }
  for (const target of ['https://evil.test/', '//evil.test', '/\\evil.test', '/%2f/evil', 'x:y']) {
    const query = new URLSearchParams({ iss: evil.issuer, target_link_uri: target })
    const answer = await world.visitor().get(`/auth/web/initiate-login?${query}`)
    const asked = new URLSearchParams({ provider: 'evil', return_to: '/' })
    assert.equal(answer.headers.get('location'), `/auth/web/login?${asked}`, target)
  }
  assert.deepEqual(evil.calls('token'), [])
})

test('RP-102 the refresh token of an ended session is revoked at the provider, once, sealed until then', async () => {
  const ana = await signedIn()
  await ana.post('/auth/web/logout')
  const [job] = await jobs()
  assert.equal(job?.state, 'created')
  const everything = JSON.stringify(await sql('select * from plinth_jobs.job'))
  const clear = [REFRESH_TOKEN, Buffer.from(REFRESH_TOKEN).toString('base64')]
  for (const text of clear) assert.ok(!everything.includes(text))
  assert.ok((await world.drainJobs()) > 0)
  const [call] = revocations()
  const form = new URLSearchParams(call?.body)
  assert.deepEqual(
    [form.get('token'), form.get('token_type_hint'), form.get('client_id')],
    [REFRESH_TOKEN, 'refresh_token', 'evil-client'],
  )
  assert.match(call?.headers.authorization ?? '', /^Basic /)
  assert.equal(call?.query, '')
  await world.drainJobs()
  assert.equal(revocations().length, 1)
  assert.ok(!world.logged.join().includes(REFRESH_TOKEN))
})

test('RP-102 a provider that is down is told later: the session is gone at once, the job tries again', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  evil.say.reply.revoke = (_request, response) => void response.writeHead(503).end()
  assert.equal((await ana.post('/auth/web/logout')).status, 200)
  assert.equal(await isSignedIn(token), false)
  await world.drainJobs()
  assert.equal((await jobs())[0]?.state, 'retry')
  evil.say.reply.revoke = (_request, response) => void response.writeHead(200).end()
  await sql('update plinth_jobs.job set start_after = now()')
  await world.drainJobs()
  assert.deepEqual([(await jobs())[0]?.state, revocations().length], ['completed', 2])
  const kept = JSON.stringify(await sql('select * from plinth_jobs.job')) + world.logged.join()
  assert.ok(!kept.includes(REFRESH_TOKEN))
})

test('RP-102 what no further attempt can help is given up at once, with a reason', async () => {
  const ana = await signedIn()
  evil.say.reply.revoke = (_request, response) => void response.writeHead(400).end()
  await ana.post('/auth/web/logout')
  await world.drainJobs()
  const bob = await signedIn()
  await bob.post('/auth/web/logout')
  const moved = 'update plinth_jobs.job set data = jsonb_set(data, $1, $2) where state = $3'
  const elsewhere = JSON.stringify('018f0000-0000-7000-8000-000000000000')
  await sql(moved, ['{input,session}', elsewhere, 'created'])
  await world.drainJobs()
  const reasons = (await jobs()).map(({ state, output }) => `${state} ${JSON.stringify(output)}`)
  assert.equal(reasons.length, 2)
  assert.ok(reasons.some((text) => /^failed .*status 400/.test(text)))
  // A token that was moved to another session's row does not open.
  assert.ok(reasons.some((text) => /^failed .*cannot be opened/.test(text)))
})

test('RP-102 a provider without a revocation endpoint, and a session without a token, cost no job that fails', async () => {
  const { base_url: base } = world.service.config.app
  await using lonely = await startWorld({ features: [], providers: [evil] })
  const ana = createPerson({ url: lonely.url, origin: base })
  await evil.signIn(ana)
  await ana.post('/auth/web/logout')
  const { rows } = await lonely.database.platform.query('select 1 from plinth_jobs.job')
  assert.deepEqual(rows, [])
})

test('RP-102 a sign-out that fails revokes nothing: the job commits with the end of the session', async () => {
  const ana = await signedIn()
  const token = ana.cookies.get(COOKIE)
  const [row] = await sql<{ family: string }>(
    `select family_id as family from plinth.sessions where revoked_at is null
      order by created_at desc limit 1`,
  )
  const failing = world.database.platform.transaction(async (tx) => {
    const end = { now: new Date().toISOString(), reason: 'signed_out' } as const
    assert.equal(await endSessions(tx, { family: row?.family ?? '' }, end), 1)
    throw new Error('on purpose')
  })
  await assert.rejects(failing, /on purpose/)
  assert.deepEqual([await jobs(), await isSignedIn(token)], [[], true])
})

test('RP-102 a session that the provider ended, or whose token it refused, is not revoked there', async () => {
  for (const reason of ['provider_signed_out', 'provider_refused', 'revoked'] as const) {
    await signedIn()
    await world.database.platform.transaction(async (tx) => {
      const { rows } = await tx.query<{ id: string }>('select id from plinth.identities')
      const end = { now: new Date().toISOString(), reason }
      await endSessions(tx, { identity: rows[0]?.id ?? '' }, end)
    })
    assert.equal((await jobs()).length > 0, reason === 'revoked', reason)
  }
})
