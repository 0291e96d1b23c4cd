import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { epochSeconds } from '../../kernel/index.ts'
import { openWitness } from '../../testing/evil-provider/evidence.ts'
import type { EvilSays, RawReply } from '../../testing/evil-provider/index.ts'
import { newSigningKey, rawReply } from '../../testing/evil-provider/index.ts'
import type { Person } from '../../testing/person.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import type { RelyingParty } from './relying-party.fixture.ts'
import { meOf, openRelyingParty } from './relying-party.fixture.ts'

const ON = {
  'outbound.timeout_ms': 1_500,
  'oidc.jwks_cache_ttl_seconds': 60,
  'app.session_max_age': 20_000,
  'oidc.refresh_tokens.enabled': true,
  'oidc.refresh_tokens.persist_in_session_store': true,
  'oidc.refresh_tokens.most_at_once': 1,
}

/** As long as a provider is left alone at most that did not answer. */
const LONGEST_PAUSE_MS = 60_000

let party: RelyingParty
before(async () => {
  party = await openRelyingParty(ON)
})
beforeEach(() => {
  party.calm()
  party.world.clock.advance(LONGEST_PAUSE_MS)
})
after(() => party[Symbol.asyncDispose]())

/** Somebody whose session has the provider's refresh token `refresh-1`. */
async function signedIn(): Promise<Person> {
  const { evil, world } = party
  const eve = world.visitor()
  evil.next('token', { token: { refresh_token: 'refresh-1' } })
  await evil.signIn(eve)
  evil.heard.length = 0
  return eve
}

/** The refresh tokens that the provider was shown since. */
const shown = () =>
  party.evil.calls('token').map(({ body }) => new URLSearchParams(body).get('refresh_token'))

test('RP-94 RP-96 oidcc-client-test-refresh-token: each refresh shows the newest token, and keeps the old one where none came', async () => {
  const { evil } = party
  const eve = await signedIn()
  for (const refresh_token of ['refresh-2', undefined, 'refresh-3']) {
    evil.next('token', { token: { refresh_token } })
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  }
  assert.deepEqual(shown(), ['refresh-1', 'refresh-2', 'refresh-2'])
})

test('RP-94 a refresh whose session cannot be written keeps neither the new token nor half a session', async () => {
  const { evil, sql } = party
  const eve = await signedIn()
  evil.next('token', { token: { refresh_token: 'refresh-lost' } })
  await sql(`create function pg_temp.jam() returns trigger language plpgsql as
             $$ begin raise exception 'the disk is full'; end $$`)
  await sql('create trigger jam before insert on plinth.sessions execute function pg_temp.jam()')
  const jammed = await eve.post('/auth/web/refresh')
  await sql('drop trigger jam on plinth.sessions')
  assert.equal(jammed.status, 500)
  assert.equal((await meOf(eve)).authenticated, true)
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(shown(), ['refresh-1', 'refresh-1'])
})

const OTHERS: readonly (readonly [title: string, says: () => Partial<EvilSays>])[] = [
  [
    'oidcc-client-test-refresh-token-invalid-issuer',
    () => ({ claims: { iss: 'https://other.example' } }),
  ],
  ['oidcc-client-test-refresh-token-invalid-sub', () => ({ claims: { sub: 'somebody-else' } })],
  ['another audience', () => ({ claims: { aud: 'other' } })],
  ['one audience too many', () => ({ claims: { aud: ['evil-client', 'other'] } })],
  ['another authorised party', () => ({ claims: { azp: 'other' } })],
  [
    'an earlier sign-in',
    () => ({ claims: { auth_time: epochSeconds(party.world.clock) - 86_400 } }),
  ],
  ['no signature that holds', () => ({ signature: () => Buffer.alloc(256, 7) })],
  ['a key that nobody published', () => ({ key: newSigningKey('ES256') })],
  ['a past life', () => ({ claims: { exp: 1_700_000_000, iat: 1_699_999_000 } })],
]
for (const [title, says] of OTHERS) {
  test(`RP-95 ${title} in a refreshed ID token ends the session`, async () => {
    const { evil, oracle, world } = party
    const browser = await signedIn()
    await browser.refreshCsrf()
    evil.next('token', { token: { refresh_token: 'refresh-2' }, ...says() })
    const former = new Map(browser.cookies)
    const { answer } = await oracle.refused(evil, {
      ...{ browser, act: (from) => from.post('/auth/web/refresh') },
      ...{ reason: 'provider_refused', status: 401, pending: 'kept', sessions: 'ended' },
    })
    assert.equal(answer.body['detail'], 'Session refresh failed')
    assert.match(answer.headers.getSetCookie().join(), /^user_session_id=; Max-Age=0;/)
    const replay = world.visitor()
    for (const [name, value] of former) replay.cookies.set(name, value)
    assert.equal((await meOf(replay)).authenticated, false)
  })
}

test('RP-95 a refreshed ID token of the same person and sign-in is accepted', async () => {
  const eve = await signedIn()
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual([shown(), (await meOf(eve)).authenticated], [['refresh-1'], true])
})

test('RP-97 invalid_grant: signed out cleanly, 401, cookie cleared, one audit row', async () => {
  const { evil, oracle } = party
  const browser = await signedIn()
  await browser.refreshCsrf()
  evil.next('token', { reply: { token: rawReply.text(400, '{"error":"invalid_grant"}') } })
  const { answer, audit } = await oracle.refused(evil, {
    ...{ browser, act: (from) => from.post('/auth/web/refresh') },
    ...{ reason: 'provider_refused', status: 401, pending: 'kept', sessions: 'ended' },
  })
  assert.equal(answer.body['detail'], 'Session refresh failed')
  assert.equal(audit.action, 'session.refresh_failed')
  assert.match(answer.headers.getSetCookie().join(), /^user_session_id=; Max-Age=0;/)
})

const DOWN: readonly (readonly [title: string, says: Partial<EvilSays>])[] = [
  ['status 500', { reply: { token: rawReply.text(500, '{}') } }],
  ['status 503', { reply: { token: rawReply.text(503, 'busy', 'text/plain') } }],
  ['a closed socket', { reply: { token: rawReply.closed() } }],
  ['no answer', { reply: { token: rawReply.silent() } }],
  [
    'a client that it does not know',
    { reply: { token: rawReply.text(401, '{"error":"invalid_client"}') } },
  ],
  ['a client that it throttles', { reply: { token: rawReply.text(429, '{"error":"slow_down"}') } }],
  ['an answer without JSON', { reply: { token: rawReply.text(200, '<p>', 'text/html') } }],
]
for (const [title, says] of DOWN) {
  test(`RP-98 ${title} during a refresh costs nobody their session, and the token serves again`, async () => {
    const { evil } = party
    const eve = await signedIn()
    evil.next('token', says)
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
    assert.equal((await meOf(eve)).authenticated, true)
    party.world.clock.advance(LONGEST_PAUSE_MS)
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
    assert.deepEqual(shown(), ['refresh-1', 'refresh-1'])
  })
}

test('RP-98 a provider that goes on failing is left alone by everybody for a while, then asked again', async () => {
  const { evil, world } = party
  const [eve, tom] = [await signedIn(), await signedIn()]
  const throttled = rawReply.text(429, '{"error":"slow_down"}')
  evil.always({ reply: { token: throttled } })
  const failures = 8
  for (let at = 0; at < failures; at += 1) {
    assert.equal((await eve.post('/auth/web/refresh')).status, 200)
    if (at < failures - 1) world.clock.advance(LONGEST_PAUSE_MS)
  }
  assert.equal(shown().length, failures)
  for (const person of [eve, tom]) {
    assert.equal((await person.post('/auth/web/refresh')).status, 200)
    assert.equal((await meOf(person)).authenticated, true)
  }
  assert.equal(shown().length, failures, 'nobody asked')
  evil.reset()
  world.clock.advance(LONGEST_PAUSE_MS)
  assert.equal((await tom.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(shown(), ['refresh-1'], 'tom’s token was kept')
})

test('RP-98 keys that cannot be had during a refresh cost nobody their session; the new token is kept', async () => {
  const { evil, world } = party
  const eve = await signedIn()
  world.clock.advance(3_700_000)
  evil.say.reply = { jwks: rawReply.closed() }
  evil.next('token', { token: { refresh_token: 'refresh-2' } })
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.equal((await meOf(eve)).authenticated, true)
  evil.say.reply = {}
  world.clock.advance(31_000)
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(shown(), ['refresh-1', 'refresh-2'])
})

test('RP-99 SB-27 JW-49 twenty refreshes at once in two processes ask the provider once and end in one session', async () => {
  const { evil, sql, world } = party
  await using second = await startSecondProcess(world, [evil], ON)
  const eve = await signedIn()
  const csrf = await eve.refreshCsrf()
  evil.always({
    token: { id_token: undefined, refresh_token: 'refresh-2' },
  })
  const headers = {
    cookie: [...eve.cookies].map((pair) => pair.join('=')).join('; '),
    origin: world.service.config.app.base_url,
    'x-csrf-token': csrf,
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0.0.0',
  }
  const answers = await Promise.all(
    Array.from({ length: 20 }, async (_, at) => {
      const url = `${at % 2 === 0 ? world.url : second.url}/auth/web/refresh`
      const { status, headers: back } = await fetch(url, { method: 'POST', headers })
      return [status, back.getSetCookie()[0]?.split(';')[0]] as const
    }),
  )
  assert.deepEqual(new Set(answers.map(([status]) => status)), new Set([200]))
  assert.equal(new Set(answers.map(([, cookie]) => cookie)).size, 1, 'one successor for all')
  assert.deepEqual(shown(), ['refresh-1'])
  const alive = await sql(
    `select 1 from plinth.sessions where revoked_at is null and rotated_at is null
      and family_id = (select family_id from plinth.sessions order by created_at desc limit 1)`,
  )
  assert.equal(alive.length, 1)
})

test('SB-25 SB-27 the grace begins when the new id is there, however long the provider took', async () => {
  const { evil, world } = party
  const eve = await signedIn()
  await eve.refreshCsrf()
  const tab = world.visitor()
  for (const [name, value] of eve.cookies) tab.cookies.set(name, value)
  const slow: RawReply = (...call) => {
    world.clock.advance(11_000)
    rawReply.text(503, '{}')(...call)
  }
  evil.next('token', { reply: { token: slow } })
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.equal((await meOf(tab)).authenticated, true, 'a tab that asked meanwhile')
  assert.equal((await meOf(eve)).authenticated, true, 'the family lives on')
})

test('RP-98 a provider that hangs keeps as many refreshes waiting as it may, and no more', async () => {
  const { evil } = party
  const [eve, tom] = [await signedIn(), await signedIn()]
  await Promise.all([eve.refreshCsrf(), tom.refreshCsrf()])
  let asked = () => {}
  const hears = new Promise<void>((resolve) => {
    asked = resolve
  })
  const hanging: RawReply = () => asked()
  evil.next('token', { reply: { token: hanging } })
  const waits = eve.post('/auth/web/refresh')
  await hears
  assert.equal((await tom.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(shown(), ['refresh-1'], 'tom keeps his token for the next time')
  assert.equal((await waits).status, 200, 'no answer in time costs nobody the session')
  party.world.clock.advance(LONGEST_PAUSE_MS)
  assert.equal((await tom.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(shown(), ['refresh-1', 'refresh-1'])
})

test('RP-102 who signs in again in the same session of the provider keeps the token that came with it', async () => {
  const { evil, world } = party
  const eve = world.visitor()
  const signIn = async (refresh_token: string, sid: string | undefined) => {
    evil.next('token', { token: { refresh_token }, claims: { sid } })
    await evil.signIn(eve)
    await world.drainJobs()
  }
  const revoked = () =>
    evil.calls('revoke').map(({ body }) => new URLSearchParams(body).get('token'))
  await signIn('first', 'sso-1')
  await signIn('second', 'sso-1')
  await signIn('third', undefined)
  assert.deepEqual(revoked(), [])
  await signIn('fourth', 'sso-4')
  await signIn('fifth', 'sso-5')
  assert.deepEqual(revoked(), ['fourth'])
})

test('SB-14 the refresh token is kept sealed, each time otherwise, and stands nowhere in the database', async () => {
  const { evil, sql, world } = party
  const token = 'sealed-refresh-token-of-the-provider'
  await using witness = await openWitness(world.testDatabase.adminUrl)
  const eve = world.visitor()
  for (let at = 0; at < 2; at += 1) {
    evil.next('token', { token: { refresh_token: token } })
    await evil.signIn(eve)
  }
  evil.next('token', { token: { refresh_token: token, id_token: undefined } })
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  const spellings = [token, ...['base64', 'base64url'].map((one) => encoded(token, one))]
  assert.deepEqual(await witness.tablesWith(spellings), [])
  const rows = await sql<{ sealed: Buffer }>(
    `select refresh_token_sealed as sealed from plinth.sessions
      where refresh_token_sealed is not null order by created_at desc limit 2`,
  )
  const [newest, former] = rows.map(({ sealed }) => sealed.toString('hex'))
  assert.ok(newest)
  assert.notEqual(newest, former)
})

/** What would stand in a column if it were only spelled otherwise. */
function encoded(text: string, as: string): string {
  return Buffer.from(text)
    .toString(as as BufferEncoding)
    .replace(/=+$/, '')
}

test('C5 without that policy nothing is kept, the provider is not asked, and refresh works', async () => {
  const off = { 'oidc.refresh_tokens.persist_in_session_store': false }
  await using plain = await openRelyingParty({ ...ON, ...off })
  plain.evil.always({ token: { refresh_token: 'refresh-1' } })
  const eve = plain.world.visitor()
  await plain.evil.signIn(eve)
  plain.evil.heard.length = 0
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(plain.evil.heard, [])
  const kept = 'select 1 from plinth.sessions where refresh_token_sealed is not null'
  assert.deepEqual(await plain.sql(kept), [])
})
