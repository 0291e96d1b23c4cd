import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createOutbound } from '../../outbound/index.ts'
import type { EvilProvider, Json, Person, World } from '../../testing/index.ts'
import {
  createTestClock,
  LOGOUT_EVENT,
  newSigningKey,
  openRefusalOracle,
  startEvilProvider,
  startWorld,
} from '../../testing/index.ts'
import type { Answer } from '../../testing/person.ts'
import { createPerson } from '../../testing/person.ts'
import type { SecondProcess } from '../../testing/second-process.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import { until } from '../../testing/until.ts'
import { createProviders, jwtSettings, verifyAccessToken } from '../index.ts'
import { sweepStatements } from '../sessions/sessions.repository.ts'
import { mistakableTokens, spoiledLogoutTokens } from './spoiled-logout-tokens.fixture.ts'

const COOKIE = 'user_session_id'
const FORM = 'application/x-www-form-urlencoded'
const PATH = '/auth/web/backchannel-logout/evil'

let evil: EvilProvider
let other: EvilProvider
let world: World
/** Another process of the same service, over the same database. */
let second: SecondProcess

before(async () => {
  const clock = createTestClock()
  evil = await startEvilProvider({ clock })
  other = await startEvilProvider({ name: 'other', clock, key: newSigningKey('ES256') })
  // Each call comes from an address of its own: refusals are counted by address.
  const settings = {
    'app.trusted_proxies': ['127.0.0.1'],
    'oidc.providers.other.untyped_logout_tokens': true,
  }
  world = await startWorld({ features: [], providers: [evil, other], clock, settings })
  second = await startSecondProcess(world, [evil, other])
})
after(async () => {
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await Promise.all([evil[Symbol.asyncDispose](), other[Symbol.asyncDispose]()])
})

let calls = 0

/** Posts a body as a provider does. */
async function post(body: string, more: Record<string, string> = {}, path = PATH) {
  calls += 1
  const headers = { 'content-type': FORM, 'x-forwarded-for': `2001:db8:0:${calls}::1`, ...more }
  const answer = await fetch(`${world.url}${path}`, { method: 'POST', headers, body })
  const text = await answer.text()
  return { status: answer.status, text, headers: answer.headers }
}

const send = (token: string) => post(`logout_token=${token}`)

async function asAnswer(token: string): Promise<Answer> {
  const { status, text, headers } = await send(token)
  return { status, headers, body: { text } }
}

/** The provider's name of the session that a person has. */
async function sidOf(person: Person): Promise<string> {
  const { rows } = await world.database.platform.query<{ sid: string }>(
    `select provider_session_id as sid from plinth.sessions
      where provider_session_id is not null and revoked_at is null and rotated_at is null
      order by created_at desc limit 1`,
  )
  assert.ok(person.cookies.has(COOKIE))
  return rows[0]?.sid ?? ''
}

async function signedIn(claims: Json = {}, at: EvilProvider = evil) {
  const person = world.visitor()
  at.next('token', { claims })
  const answer = await at.signIn(person)
  assert.ok(person.cookies.has(COOKIE), `${answer.status}`)
  return { person, sid: await sidOf(person) }
}

async function isSignedIn(person: Person, at = world.url): Promise<boolean> {
  const origin = world.service.config.app.base_url
  const there = createPerson({ url: at, origin })
  for (const [name, value] of person.cookies) there.cookies.set(name, value)
  return (await there.get('/auth/web/me')).body['authenticated'] === true
}

interface Row {
  readonly outcome: string
  readonly reason: string | null
  readonly data: { readonly fault?: string; readonly sessions?: number; readonly provider?: string }
}

async function lastAudit(): Promise<Row | undefined> {
  const { rows } = await world.database.platform.query<Row>(
    `select outcome, reason, data from plinth.audit_events
      where action = 'auth.backchannel_logout' order by occurred_at desc, id desc limit 1`,
  )
  return rows[0]
}

async function count(table: 'audit_events' | 'logout_tokens' | 'sessions'): Promise<number> {
  const text = {
    audit_events: 'select count(*)::int as n from plinth.audit_events',
    logout_tokens: 'select count(*)::int as n from plinth.logout_tokens',
    sessions: 'select count(*)::int as n from plinth.sessions where revoked_at is null',
  }
  const { rows } = await world.database.platform.query<{ n: number }>(text[table])
  return rows[0]?.n ?? -1
}

test('RP-105 v5.0.0-V7.6.1 rp-backchannel-rpinitlogout the session of sid dies in every process, 200 and no-store', async () => {
  const { person: phone } = await signedIn()
  const { person: laptop, sid } = await signedIn()
  assert.deepEqual([await isSignedIn(laptop), await isSignedIn(laptop, second.url)], [true, true])
  const answer = await send(evil.mint.logout({ sid, sub: undefined }))
  assert.deepEqual([answer.status, answer.text], [200, ''])
  assert.equal(answer.headers.get('cache-control'), 'no-store')
  await until(async () => !(await isSignedIn(laptop)))
  await until(async () => !(await isSignedIn(laptop, second.url)))
  assert.equal(await isSignedIn(phone), true)
  const audit = await lastAudit()
  assert.deepEqual([audit?.outcome, audit?.data], ['success', { provider: 'evil', sessions: 1 }])
})

test('RP-105 without sid all sessions of the subject die, and nobody else’s; with both, both must agree', async () => {
  const [one, two] = [await signedIn(), await signedIn()]
  const bob = await signedIn({ sub: 'subject-2' })
  const elsewhere = await signedIn({}, other)
  assert.equal((await send(evil.mint.logout({ sid: bob.sid }))).status, 400)
  assert.deepEqual((await lastAudit())?.data, { provider: 'evil', fault: 'subject' })
  assert.equal((await send(evil.mint.logout({ sid: bob.sid, sub: 'nobody' }))).status, 400)
  assert.equal((await send(evil.mint.logout())).status, 200)
  await until(async () => !(await isSignedIn(one.person)) && !(await isSignedIn(two.person)))
  // The same subject at another issuer is another person (RP-74).
  for (const { person } of [bob, elsewhere]) assert.equal(await isSignedIn(person), true)
  assert.equal((await send(evil.mint.logout({ sid: bob.sid, sub: 'subject-2' }))).status, 200)
  await until(async () => !(await isSignedIn(bob.person)))
})

test('RP-105 SB-29 the rotated id dies with its successor, in its grace and while it is rotated', async () => {
  for (let round = 0; round < 4; round += 1) {
    const { person, sid } = await signedIn()
    const before = createPerson({ url: world.url, origin: world.service.config.app.base_url })
    for (const [name, value] of person.cookies) before.cookies.set(name, value)
    await person.refreshCsrf()
    const refresh = person.post('/auth/web/refresh')
    if (round === 0) await refresh
    const [answer] = await Promise.all([send(evil.mint.logout({ sid })), refresh])
    assert.equal(answer.status, 200)
    // Not only when the grace of the former id is over.
    const left =
      'select 1 from plinth.sessions where provider_session_id = $1 and revoked_at is null'
    assert.deepEqual((await world.database.platform.query(left, [sid])).rows, [])
    await until(async () => !(await isSignedIn(person)) && !(await isSignedIn(before)))
  }
})

test('v5.0.0-V10.5.5 every logout token that is not exactly one is 400, ends nothing, and is one audit row', async (t) => {
  const { person } = await signedIn()
  await using oracle = await openRefusalOracle({
    ...{ ...world, adminUrl: world.testDatabase.adminUrl },
  })
  for (const [title, fault, spoiled] of spoiledLogoutTokens(evil.issuer)) {
    await t.test(`${title} → ${fault}`, async () => {
      const used = await count('logout_tokens')
      const token = evil.mint.logout(...spoiled())
      const { answer, audit } = await oracle.refused(evil, {
        browser: world.visitor(),
        act: () => asAnswer(token),
        ...{ reason: 'logout_token_invalid', status: 400, pending: 'kept', tokenCalls: 0 },
      })
      assert.deepEqual(answer.headers.getSetCookie(), [])
      assert.equal(answer.headers.get('cache-control'), 'no-store')
      assert.equal(await count('logout_tokens'), used)
      assert.deepEqual(
        [audit.outcome, JSON.parse(audit.data)],
        ['failed', { provider: 'evil', fault }],
      )
    })
  }
  assert.equal(await isSignedIn(person), true)
})

test('RP-113 sessions without an identity are nobody’s: no token reaches them', async () => {
  const { person, sid } = await signedIn({ sub: 'subject-null' })
  await world.database.platform.query(
    'update plinth.sessions set identity_id = null where provider_session_id = $1',
    [sid],
  )
  for (const claims of [{ sub: 'subject-null' }, { sub: 'subject-null', sid }]) {
    await send(evil.mint.logout(claims))
  }
  assert.equal(await isSignedIn(person), true)
})

test('RP-114 JW-49 of twenty copies of one token at once exactly one counts', async () => {
  const { person, sid } = await signedIn()
  const token = evil.mint.logout({ sid })
  const answers = await Promise.all(Array.from({ length: 20 }, () => send(token)))
  const statuses = answers.map(({ status }) => status).sort()
  assert.deepEqual(statuses, [200, ...Array.from({ length: 19 }, () => 400)])
  assert.equal((await lastAudit())?.reason, 'logout_token_replayed')
  await until(async () => !(await isSignedIn(person)))
  // Two issuers may use the same jti.
  const jti = 'the-same'
  assert.equal((await send(evil.mint.logout({ jti, sub: 'a' }))).status, 200)
  const there = other.mint.logout({ jti, sub: 'a' })
  assert.equal(
    (await post(`logout_token=${there}`, {}, PATH.replace(/evil$/, 'other'))).status,
    200,
  )
})

test('RP-115 JSON, GET, a large body, two tokens, none, and an unknown provider are 4xx', async () => {
  const token = evil.mint.logout({ sub: 'x' })
  const rows = await count('logout_tokens')
  const bodies: readonly (readonly [number, string, Record<string, string>?, string?])[] = [
    [415, JSON.stringify({ logout_token: token }), { 'content-type': 'application/json' }],
    [415, `logout_token=${token}`, { 'content-type': 'text/plain' }],
    [413, `logout_token=${token}&x=${'y'.repeat(20_000)}`],
    [413, `logout_token=${token}&x=${'y'.repeat(1_048_576)}`],
    [400, `logout_token=${token}&logout_token=${token}`],
    [400, `logout_token=${token}&logout%5Ftoken=${token}`],
    [400, 'logout_token='],
    [400, 'other=1'],
    [400, `logout_token=${'a'.repeat(9_000)}`],
    [400, `logout_token=${token}`, {}, '/auth/web/backchannel-logout/nobody'],
    [400, `logout_token=${token}`, {}, '/auth/web/backchannel-logout/__proto__'],
  ]
  for (const [status, body, headers, path] of bodies) {
    assert.equal((await post(body, headers, path)).status, status, body.slice(0, 40))
  }
  for (const method of ['GET', 'PUT', 'DELETE']) {
    const answer = await fetch(`${world.url}${PATH}?logout_token=${token}`, { method })
    assert.ok(answer.status === 404 || answer.status === 405, method)
  }
  assert.equal(await count('logout_tokens'), rows)
  // A field of the future beside it is ignored (2.5).
  assert.equal((await post(`logout_token=${token}&more=1`)).status, 200)
})

test('RP-116 an ID token is no logout token, a logout token is no ID token and no access token', async () => {
  const { person, sid } = await signedIn()
  const events = { [LOGOUT_EVENT]: {} }
  for (const token of [evil.mint.id({ sid }), evil.mint.id({ sid, events, jti: 'x' })]) {
    assert.equal((await send(token)).status, 400)
    assert.equal((await lastAudit())?.data.fault, 'typ')
  }
  assert.equal(await isSignedIn(person), true)
  const visitor = world.visitor()
  evil.next('token', { token: { id_token: evil.mint.logout() } })
  await evil.signIn(visitor)
  assert.equal(visitor.cookies.has(COOKIE), false)
  const deps = { ...accessTokenDeps(), settings: jwtSettings.parse({}) }
  const aud = 'api://default'
  assert.equal((await verifyAccessToken(deps, evil.mint.access())).subject, 'subject-1')
  for (const typ of ['logout+jwt', 'JWT', undefined]) {
    const token = evil.mint.logout({ aud }, { header: { typ } })
    await assert.rejects(verifyAccessToken(deps, token), { code: 'auth.invalid_token' }, typ)
  }
  const bearer = { authorization: `Bearer ${evil.mint.logout({ aud: 'api://default' })}` }
  const me = await world.visitor().get('/auth/web/me', bearer)
  assert.notEqual(me.body['authenticated'], true)
})

test('JW-23 RP-116 an older provider’s logout token needs no type where settings say so, and its other tokens never pass', async () => {
  const at = PATH.replace(/evil$/, 'other')
  const send = (token: string) => post(`logout_token=${token}`, {}, at)
  for (const typ of [undefined, 'JWT', 'logout+jwt', 'application/logout+jwt']) {
    const { person, sid } = await signedIn({}, other)
    assert.equal((await send(other.mint.logout({ sid }, { header: { typ } }))).status, 200, typ)
    assert.equal(await isSignedIn(person), false, typ)
  }
  const { person, sid } = await signedIn({}, other)
  for (const [fault, token] of mistakableTokens(other, sid)) {
    const { status } = await send(token)
    assert.deepEqual([status, (await lastAudit())?.data.fault], [400, fault], token)
  }
  assert.equal(await isSignedIn(person), true)
})

function accessTokenDeps() {
  const { clock, config, log } = world.service
  const outbound = createOutbound({ settings: config.outbound, clock, log })
  const settings = config.oidc
  return {
    clock,
    providers: createProviders({ settings, outbound, clock, production: false, log }),
  }
}

test('RP-117 a session that is not known answers as one that is', async () => {
  const { sid } = await signedIn()
  const known = await send(evil.mint.logout({ sid }))
  const unknown = await send(evil.mint.logout({ sid: 'never-seen' }))
  const facts = ({ status, text, headers }: typeof known) => [
    status,
    text,
    [...headers.keys()].sort(),
  ]
  assert.deepEqual(facts(unknown), facts(known))
})

test('RP-117 a sign-out that overtakes the callback of its own sign-in: no session opens, and the next one does', async () => {
  const person = world.visitor()
  const back = evil.callback(await evil.start(person))
  evil.next('token', { claims: { sid: 'overtaken' } })
  assert.equal((await send(evil.mint.logout({ sid: 'overtaken', sub: undefined }))).status, 200)
  assert.equal((await person.get(back)).status, 302)
  assert.equal(person.cookies.has(COOKIE), false)
  const { rows } = await world.database.platform.query<{ reason: string }>(
    `select reason from plinth.audit_events
      where action = 'auth.sign_in' order by occurred_at desc, id desc limit 1`,
  )
  assert.equal(rows[0]?.reason, 'signed_out_meanwhile')
  await signedIn({ sub: 'overtaken-subject' })
  // All of a subject: what the provider vouched for before is over, what it vouches for after is not.
  const iat = Math.floor(world.clock.now() / 1_000)
  const token = evil.mint.logout({ sub: 'overtaken-subject', sid: undefined, iat })
  assert.equal((await send(token)).status, 200)
  const late = world.visitor()
  evil.next('token', { claims: { sub: 'overtaken-subject', iat: iat - 5 } })
  await evil.signIn(late)
  assert.equal(late.cookies.has(COOKIE), false)
  await signedIn({ sub: 'overtaken-subject', iat })
})

test('RP-117 of a sign-in and its sign-out at one moment none leaves a session behind', async () => {
  for (let round = 0; round < 6; round += 1) {
    const [person, sid] = [world.visitor(), `at-once-${round}`]
    const back = evil.callback(await evil.start(person))
    evil.next('token', { claims: { sid } })
    const [, said] = await Promise.all([
      person.get(back),
      send(evil.mint.logout({ sid, sub: undefined })),
    ])
    assert.equal(said.status, 200)
    await until(async () => !(await isSignedIn(person)))
  }
})

test('a provider whose keys cannot be had is not believed, and may try again with the same token', async () => {
  const token = evil.mint.logout({ sub: 'later' })
  const key = evil.rotateKeys(newSigningKey())
  const unknown = evil.mint.logout({ sub: 'later' }, { key })
  evil.say.reply.jwks = (_request, response) => void response.writeHead(500).end()
  world.clock.advance(31_000)
  assert.equal((await send(unknown)).status, 400)
  evil.reset()
  evil.rotateKeys(key, { keepOld: true })
  world.clock.advance(31_000)
  assert.equal((await send(unknown)).status, 200)
  assert.notEqual(token, unknown)
})

test('the rate of refused tokens is bounded by address; good ones are never counted', async () => {
  const from = { 'x-forwarded-for': '192.0.2.77' }
  const fresh = () =>
    `logout_token=${evil.mint.logout({ sub: 'x', iat: later(), exp: later() + 60 })}`
  for (let call = 0; call < 40; call += 1) assert.equal((await post(fresh(), from)).status, 200)
  for (let call = 0; call < 30; call += 1) assert.equal((await post('a=b', from)).status, 400)
  const rows = await count('audit_events')
  const limited = await post(fresh(), from)
  assert.equal(limited.status, 429)
  assert.ok(Number(limited.headers.get('retry-after')) > 0)
  assert.equal(await count('audit_events'), rows)
  assert.equal((await post(fresh())).status, 200)
  world.clock.advance(61_000)
  assert.equal((await post(fresh(), from)).status, 200)
})

const iso = () => new Date(world.clock.now()).toISOString()

/** The time of the world, in seconds. */
const later = () => Math.floor(world.clock.now() / 1_000)

test('RP-114 used logout tokens are kept until they have expired, and no longer', async () => {
  await send(evil.mint.logout({ sub: 'x', iat: later(), exp: later() + 60 }))
  assert.ok((await count('logout_tokens')) > 0)
  const { rows } = await world.database.platform.query<{ least: number }>(
    'select min(extract(epoch from expires_at - consumed_at))::int as least from plinth.logout_tokens',
  )
  assert.ok((rows[0]?.least ?? 0) > 30)
  const sweep = async () => {
    await world.database.platform.batch(sweepStatements(iso(), iso()))
    return count('logout_tokens')
  }
  assert.ok((await sweep()) > 0)
  world.clock.advance(3_600_000)
  assert.equal(await sweep(), 0)
})
