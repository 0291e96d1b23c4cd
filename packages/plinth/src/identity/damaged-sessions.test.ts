import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { deriveKey, hashToken, unseal } from '../kernel/index.ts'
import type { Person } from '../testing/person.ts'
import type { RelyingParty } from './relying-party/relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party/relying-party.fixture.ts'
import type { TokenPlace } from './sessions/mint-session.ts'
import { placeOf } from './sessions/mint-session.ts'

const COOKIE = 'user_session_id'

let party: RelyingParty
before(async () => {
  party = await openRelyingParty({
    'oidc.refresh_tokens.enabled': true,
    'oidc.refresh_tokens.persist_in_session_store': true,
    // What is damaged here behind everybody's back must be read to be seen.
    'sessions.cache_entries': 0,
  })
})
beforeEach(() => party.calm())
after(() => party[Symbol.asyncDispose]())

async function signedIn(): Promise<Person> {
  const { evil, world } = party
  const eve = world.visitor()
  evil.always({ token: { refresh_token: 'refresh-1' } })
  await evil.signIn(eve)
  evil.heard.length = 0
  return eve
}

const idHash = (person: Person) => hashToken('session', person.cookies.get(COOKIE) ?? '')
const change = (person: Person, set: string, value: unknown) =>
  party.sql(`update plinth.sessions set ${set} where id_hash = $1`, [idHash(person), value])

/** The refresh tokens that the provider was shown since. */
const shown = () =>
  party.evil.calls('token').map(({ body }) => new URLSearchParams(body).get('refresh_token'))

const blobs: readonly (readonly [string, Buffer])[] = [
  ['nothing', Buffer.alloc(0)],
  ['{}', Buffer.from('{}')],
  ['of another age', Buffer.from('{"v":0,"user_id":"1","access_token":"x"}')],
  ['garbage', Buffer.alloc(60, 0xff)],
  ['of 1 MB', Buffer.alloc(1_000_000, 7)],
]
const sealed = ['refresh_token_sealed', 'id_token_sealed', 'successor_sealed']

for (const column of sealed) {
  for (const [title, blob] of blobs) {
    test(`SB-21 ${column} with ${title}: nothing is thrown, and nothing of it goes anywhere`, async () => {
      const eve = await signedIn()
      await change(eve, `${column} = $2`, blob)
      assert.equal((await eve.get('/auth/web/me')).status, 200)
      const refreshed = await eve.post('/auth/web/refresh')
      assert.equal(refreshed.status, 200)
      assert.deepEqual(shown(), column === 'refresh_token_sealed' ? [] : ['refresh-1'])
      assert.equal((await eve.post('/auth/web/logout')).status, 200)
    })
  }
}

for (const [title, blob] of blobs) {
  test(`SB-21 an ID token ${title} is no hint: signing out leads to the provider without one`, async () => {
    const eve = await signedIn()
    await change(eve, 'id_token_sealed = $2', blob)
    const { status, body } = await eve.post('/auth/web/logout')
    const there = new URL(String(body['provider_logout_url']))
    assert.deepEqual([status, there.searchParams.has('id_token_hint')], [200, false])
  })

  test(`SB-21 a successor ${title} is none: the old id is refused, and its cookie cleared`, async () => {
    const eve = await signedIn()
    const old = eve.cookies.get(COOKIE)
    const csrf = await eve.refreshCsrf()
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
    await party.sql('update plinth.sessions set successor_sealed = $2 where id_hash = $1', [
      hashToken('session', old ?? ''),
      blob,
    ])
    const late = party.world.visitor()
    late.cookies.set(COOKIE, old ?? '')
    const again = await late.post('/auth/web/refresh', undefined, { 'x-csrf-token': csrf })
    assert.deepEqual([again.status, again.body['detail']], [401, 'Invalid session'])
    assert.equal(late.cookies.size, 0)
  })

  test(`SB-21 a fingerprint ${title} is that of no browser: refresh is refused and the cookie cleared`, async () => {
    const eve = await signedIn()
    await change(eve, 'fingerprint = $2', blob)
    assert.equal((await eve.get('/auth/web/me')).status, 200)
    assert.equal((await eve.post('/auth/web/refresh')).status, 401)
    assert.equal(eve.cookies.size, 0)
  })
}

test('SB-21 a session of the release before has no count of rights: it gets a new id and goes on', async () => {
  const eve = await signedIn()
  await party.sql(
    'update plinth.sessions set membership_version = null, acr = null where id_hash = $1',
    [idHash(eve)],
  )
  const old = eve.cookies.get(COOKIE)
  const answer = await eve.get('/auth/web/me')
  assert.deepEqual([answer.status, answer.body['authenticated']], [200, true])
  assert.notEqual(eve.cookies.get(COOKIE), old)
  assert.equal((await eve.get('/auth/web/me')).headers.getSetCookie().length, 0)
})

test('SB-17 SB-25 a new id whose answer was lost comes again within the grace, and the session goes on', async () => {
  const eve = await signedIn()
  const browser = party.world.visitor()
  for (const [name, value] of eve.cookies) browser.cookies.set(name, value)
  await party.sql('update plinth.sessions set membership_version = null where id_hash = $1', [
    idHash(eve),
  ])
  await eve.get('/auth/web/me')
  const old = browser.cookies.get(COOKIE)
  await browser.get('/auth/web/me')
  assert.notEqual(browser.cookies.get(COOKIE), old)
  assert.equal(browser.cookies.get(COOKIE), eve.cookies.get(COOKIE), 'the same for both')
  party.world.clock.advance(11_000)
  assert.equal((await browser.get('/auth/web/me')).body['authenticated'], true)
})

test('SB-21 SB-22 hashes of another length or purpose find nobody', async () => {
  const eve = await signedIn()
  const token = eve.cookies.get(COOKIE) ?? ''
  const good = hashToken('session', token)
  for (const wrong of [
    hashToken('pending-login', token),
    Buffer.concat([good, good]),
    good.subarray(1),
  ]) {
    await party.sql('update plinth.sessions set id_hash = $2 where id_hash = $1', [good, wrong])
    assert.equal((await meOf(eve)).authenticated, false)
    await party.sql('update plinth.sessions set id_hash = $1 where id_hash = $2', [good, wrong])
  }
  assert.equal((await meOf(eve)).authenticated, true)
})

test('RP-100 the process is cut off between the provider’s answer and the commit: a clean sign-in, no 500 again and again', async () => {
  const eve = await signedIn()
  const { evil, world, sql } = party
  const role = new URL(world.testDatabase.appUrl).username
  let asked = 0
  evil.always({
    answer: (request, response) => {
      if (request.url !== '/token') return false
      asked += 1
      const isNew = asked === 1
      void (async () => {
        // The provider has used the token up; whoever asked does not live to write the new one.
        const cut = `select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity
                      where usename = $1 and datname = current_database()`
        if (isNew) await sql(cut, [role])
        const said = isNew
          ? { access_token: 'a', token_type: 'Bearer', refresh_token: 'refresh-2' }
          : { error: 'invalid_grant' }
        response.writeHead(isNew ? 200 : 400, { 'content-type': 'application/json' })
        response.end(JSON.stringify(said))
      })()
      return true
    },
  })
  const cut = await eve.post('/auth/web/refresh')
  assert.ok(cut.status >= 500)
  assert.equal((await meOf(eve)).authenticated, true, 'nothing was written')
  const next = await eve.post('/auth/web/refresh')
  assert.deepEqual([next.status, next.body['detail']], [401, 'Session refresh failed'])
  assert.equal(eve.cookies.size, 0)
  assert.deepEqual(shown(), ['refresh-1', 'refresh-1'])
  evil.reset()
  await evil.signIn(eve)
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
})

/** What the session of somebody keeps of the provider's tokens, and which other columns are sealed. */
async function openedOf(person: Person) {
  const all = 'select * from plinth.sessions where id_hash = $1'
  const [row = {}] = await party.sql<Record<string, unknown>>(all, [idHash(person)])
  const { id, id_token_sealed, refresh_token_sealed, ...rest } = row
  const key = deriveKey(party.world.service.config.app.session_signing_secret, 'provider-token')
  const open = (kind: TokenPlace['kind'], sealed: unknown) =>
    unseal(key, placeOf({ id: String(id), kind }), sealed as Buffer)
  return {
    idToken: open('idToken', id_token_sealed),
    refreshToken: open('refreshToken', refresh_token_sealed),
    others: Object.keys(rest).filter((name) => name.endsWith('_sealed')),
  }
}

test('RP-101 a refresh asks for no other resource, and no access token is kept, whatever it is for', async () => {
  const eve = await signedIn()
  const accessToken = 'access-for-another-resource-0123456789'
  party.evil.always({
    token: {
      access_token: accessToken,
      id_token: undefined,
      refresh_token: 'refresh-2',
      resource: 'https://other.example',
      scope: 'openid admin',
    },
  })
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  const [asked] = party.evil.calls('token')
  assert.deepEqual([...new URLSearchParams(asked?.body).keys()].sort(), [
    'client_id',
    'grant_type',
    'refresh_token',
  ])
  const rows = await party.sql<{ text: string }>('select s::text as text from plinth.sessions s')
  const hex = Buffer.from(accessToken).toString('hex')
  assert.ok(rows.every(({ text }) => !text.includes(accessToken) && !text.includes(hex)))
  // Sealed it would not be found: all that is sealed is opened.
  const { idToken, refreshToken, others } = await openedOf(eve)
  assert.deepEqual([refreshToken, others], ['refresh-2', ['successor_sealed']])
  assert.match(idToken ?? '', /^ey[\w-]+\.ey/)
  const me = JSON.stringify((await eve.get('/auth/web/me')).body)
  assert.ok(!me.includes('admin') && !me.includes(accessToken))
})
