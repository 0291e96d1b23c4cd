import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { RefusalOracle } from '../../testing/evil-provider/index.ts'
import { openRefusalOracle } from '../../testing/evil-provider/index.ts'
import type { Person } from '../../testing/person.ts'
import type { IdentityWorld } from '../identity.fixture.ts'
import { COOKIE, openIdentity, signInAtEvil, startAt } from '../identity.fixture.ts'

let world: IdentityWorld
/** Under https, with a Strict session cookie, and with a callback that is the evil provider's own. */
let apart: IdentityWorld
/** Over the second one. */
let oracle: RefusalOracle
before(async () => {
  const app = { base_url: 'https://app.example', session_cookie: { same_site: 'strict' } } as const
  const evil = { own_callback: true }
  ;[world, apart] = await Promise.all([openIdentity(), openIdentity({ app, evil })])
  const { clock, db, http, person } = apart
  const scene = { clock, logged: http.logged, visitor: () => person() }
  oracle = await openRefusalOracle({ ...scene, adminUrl: db.adminUrl })
})
beforeEach(() => {
  world.evil.say.claims = {}
  world.evil.say.token = {}
})
after(async () => {
  await oracle[Symbol.asyncDispose]()
  await Promise.all([world, apart].map((one) => one[Symbol.asyncDispose]()))
})

const waiting = (person: Person) =>
  [...person.cookies.keys()].filter((name) => name.startsWith('auth_session_id_'))
const page = { accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8' }

/** What each outcome of a callback needs to come about: what the browser brings, and the provider says. */
const OUTCOMES: readonly (readonly [
  string,
  number,
  { readonly query?: Record<string, string | undefined>; readonly say?: () => void },
])[] = [
  ['success', 302, {}],
  ['an error of the provider', 302, { query: { error: 'access_denied', code: undefined } }],
  ['no code', 302, { query: { code: undefined } }],
  ['another issuer', 302, { query: { iss: 'https://other.example' } }],
  [
    'a refused token',
    302,
    { say: () => Object.assign(world.evil.say, { token: { id_token: 1 } }) },
  ],
  ['a bad ID token', 302, { say: () => Object.assign(world.evil.say, { claims: { nonce: 'x' } }) }],
]
for (const [title, status, { query, say }] of OUTCOMES) {
  test(`SB-02 the login cookie is gone after ${title}`, async () => {
    const person = world.person()
    const url = await startAt(person, '?provider=evil')
    const [name] = waiting(person)
    say?.()
    const answer = await person.get(world.evil.callback(url, query))
    assert.equal(answer.status, status)
    const cleared = answer.headers.getSetCookie().filter((text) => text.startsWith(`${name}=;`))
    assert.deepEqual(cleared, [`${name}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax`])
    assert.deepEqual(waiting(person), [])
  })
}

test('SB-02 the login cookie is gone after a sign-in that came too late', async () => {
  const person = world.person()
  const url = await startAt(person, '?provider=evil')
  world.clock.advance(600_000)
  const answer = await person.get(world.evil.callback(url))
  world.clock.advance(-600_000)
  assert.deepEqual([answer.status, waiting(person)], [400, []])
})

test('SB-02 the login cookie has a name of its own, is Lax and lives ten minutes at most', async () => {
  const answer = await world.person().get('/auth/web/login?provider=evil')
  const set = answer.headers.getSetCookie()
  assert.equal(set.length, 1)
  assert.match(
    set[0] ?? '',
    /^auth_session_id_[\w-]{8}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})

test('SB-02 under https the login cookie is a __Host- cookie, Lax also where the session is Strict', async () => {
  const person = apart.person()
  const [cookie] = (await person.get('/auth/web/login?provider=evil')).headers.getSetCookie()
  assert.match(cookie ?? '', /^__Host-auth_session_id_.*; SameSite=Lax; Secure$/)
  const url = await startAt(person, '?provider=evil')
  const set = (await person.get(apart.evil.callback(url))).headers.getSetCookie()
  assert.match(set[0] ?? '', /^__Host-auth_session_id_[\w-]{8}=; Max-Age=0; .*Secure$/)
  assert.match(set[1] ?? '', /^__Host-user_session_id=.*; SameSite=Strict; Secure$/)
})

test('RP-18 a person who reloads the callback gets a page with a way on, and stays signed in', async () => {
  const person = world.person()
  const url = await startAt(person, '?provider=evil')
  const [[name, value]] = [...person.cookies] as [[string, string]]
  const back = world.evil.callback(url)
  assert.equal((await person.get(back, page)).status, 302)
  const session = person.cookies.get(COOKIE)
  person.cookies.set(name, value)
  const again = await person.get(back, page)
  assert.equal(again.status, 400)
  assert.match(again.headers.get('content-type') ?? '', /^text\/html/)
  assert.deepEqual(again.headers.getSetCookie(), [], 'nothing is taken from the browser')
  assert.equal(person.cookies.get(COOKIE), session)
  assert.equal((await person.get('/auth/web/me')).body['authenticated'], true)
})

test('4.2 a program gets the same refusal as problem+json, with the sentence of the contract', async () => {
  const answer = await world.person().get('/auth/web/callback?code=x&state=y')
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/)
  assert.deepEqual([answer.status, answer.body['detail']], [400, 'Missing auth session'])
})

test('RP-09 five tabs begin and finish in the opposite order; a sixth takes the place of the first', async () => {
  const person = world.person()
  const urls: string[] = []
  for (let tab = 0; tab < 6; tab += 1) urls.push(await startAt(person, '?provider=evil'))
  assert.equal(waiting(person).length, 5)
  const backs = urls.map((url) => world.evil.callback(url))
  assert.equal((await person.get(backs[0] ?? '')).status, 400)
  for (const back of backs.slice(1).toReversed()) assert.equal((await person.get(back)).status, 302)
  const rows = await world.sql<{ n: number }>(
    `select count(*)::int as n from plinth.sessions
      where revoked_at is null and id_hash is not null and person_id =
        (select person_id from plinth.identities where subject = 'subject-1')`,
  )
  assert.ok((rows[0]?.n ?? 0) >= 1)
  assert.equal((await person.get('/auth/web/me')).body['authenticated'], true)
})

test('RP-10 150 tabs that begin at one moment overflow no header, and the next start makes room', async () => {
  const person = world.person()
  await Promise.all(Array.from({ length: 150 }, () => startAt(person, '?provider=evil')))
  assert.equal(waiting(person).length, 150)
  assert.match(await startAt(person, '?provider=evil'), /^http/)
  assert.equal(waiting(person).length, 5)
  const url = await startAt(person, '?provider=evil')
  assert.equal((await person.get(world.evil.callback(url))).status, 302)
})

test('RP-27 v5.0.0-V10.2.2 each provider may have a callback of its own, where no other answer is taken', async () => {
  const person = apart.person()
  const asked = new URL(await startAt(person, '?provider=evil')).searchParams
  assert.equal(asked.get('redirect_uri'), 'https://app.example/auth/web/callback/evil')
  const at = (path: string, callback: string) => callback.replace(/^[^?]*/, path)
  const refused = (browser: Person, back: string) =>
    oracle.refused(apart.evil, {
      ...{ browser, act: (from) => from.get(back) },
      ...{ reason: 'other_callback', status: 400, tokenCalls: 0 },
    })
  for (const path of [
    '/auth/web/callback',
    '/auth/web/callback/keycloak',
    '/auth/web/callback/x',
  ]) {
    const browser = apart.person()
    const url = await startAt(browser, '?provider=evil')
    const { answer } = await refused(browser, at(path, apart.evil.callback(url)))
    assert.equal(answer.body['code'], 'auth.invalid_login')
  }
  const mixed = apart.person()
  const other = await startAt(mixed, '?provider=keycloak')
  const state = new URL(other).searchParams.get('state')
  await refused(mixed, `/auth/web/callback/evil?code=x&state=${state}`)
  const url = await startAt(person, '?provider=evil')
  const answer = await person.get(at('/auth/web/callback/evil', apart.evil.callback(url)))
  assert.equal(answer.headers.getSetCookie().length, 2)
  const [call] = apart.evil.heard.filter(({ path }) => path === '/token').slice(-1)
  const sent = new URLSearchParams(call?.body).get('redirect_uri')
  assert.equal(sent, 'https://app.example/auth/web/callback/evil')
})

test('v5.0.0-V7.2.4 a session id that somebody else chose before the sign-in is worth nothing after it', async () => {
  const person = world.person()
  const chosen = 'A'.repeat(43)
  person.cookies.set(COOKIE, chosen)
  await signInAtEvil(world, person)
  assert.notEqual(person.cookies.get(COOKIE), chosen)
  person.cookies.set(COOKIE, chosen)
  assert.equal((await person.get('/auth/web/me')).body['authenticated'], false)
})

test('v5.0.0-V7.6.2 a callback that no sign-in of this browser awaits opens no session', async () => {
  const person = world.person()
  for (const query of ['', '?code=x', '?code=x&state=', `?code=x&state=${'A'.repeat(43)}`]) {
    const answer = await person.get(`/auth/web/callback${query}`)
    assert.equal(answer.status, 400)
    assert.deepEqual(answer.headers.getSetCookie(), [])
  }
})

test('v5.0.0-V10.3.3 v5.0.0-V10.5.2 a new name and a new address at the provider move nobody', async () => {
  const person = world.person()
  const claims = { sub: 'mover', email: 'old@x.test', preferred_username: 'old' }
  world.evil.say.claims = claims
  await signInAtEvil(world, person)
  const id = (await person.get<{ user: { id: string } }>('/auth/web/me')).body.user.id
  world.evil.say.claims = { sub: 'mover', email: 'new@x.test', preferred_username: 'new' }
  await signInAtEvil(world, person)
  assert.equal((await person.get<{ user: { id: string } }>('/auth/web/me')).body.user.id, id)
  const taker = world.person()
  world.evil.say.claims = { ...claims, sub: 'taker' }
  await signInAtEvil(world, taker)
  assert.notEqual((await taker.get<{ user: { id: string } }>('/auth/web/me')).body.user.id, id)
})
