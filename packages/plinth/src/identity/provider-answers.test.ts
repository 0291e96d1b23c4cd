import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider, Json, RefusalOracle } from '../testing/evil-provider/index.ts'
import {
  newSigningKey,
  openRefusalOracle,
  rawReply,
  startEvilProvider,
} from '../testing/evil-provider/index.ts'
import { holdsJwt } from '../testing/holds-jwt.ts'
import type { Answer, Person } from '../testing/person.ts'
import { createTestClock } from '../testing/test-clock.ts'
import type { IdentityWorld } from './identity.fixture.ts'
import { openIdentity, startAt } from './identity.fixture.ts'

let evil: EvilProvider
let world: IdentityWorld
let oracle: RefusalOracle
const stranger = newSigningKey()
const refreshing = { enabled: true, persist_in_session_store: true }

/** One provider as two clients see it: of `signed` UserInfo must come signed. */
before(async () => {
  const clock = createTestClock()
  evil = await startEvilProvider({ clock })
  const providers = { evil: evil.settings, signed: { ...evil.settings, userinfo_signed: true } }
  world = await openIdentity({
    clock,
    oidc: { default_provider: 'evil', providers, refresh_tokens: refreshing },
  })
  const { db, http, person } = world
  const scene = { clock, logged: http.logged, visitor: () => person() }
  oracle = await openRefusalOracle({ ...scene, adminUrl: db.adminUrl })
})
beforeEach(() => evil.reset())
after(async () => {
  await oracle[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
  await evil[Symbol.asyncDispose]()
})

async function signIn(person: Person, provider = 'evil'): Promise<Answer> {
  return person.get(evil.callback(await startAt(person, `?provider=${provider}`)))
}

async function emailOf(person: Person): Promise<unknown> {
  const user = (await person.get('/auth/web/me')).body['user'] as { email: unknown } | null
  return user === null ? 'signed out' : user.email
}

/** A sign-in through one of the two that UserInfo ends. */
async function refusedByUserInfo(provider: string, fault: string): Promise<void> {
  const browser = world.person()
  const back = evil.callback(await startAt(browser, `?provider=${provider}`))
  const { audit } = await oracle.refused(evil, {
    ...{ browser, act: (from) => from.get(back), reason: 'userinfo_invalid' },
  })
  assert.equal(JSON.parse(audit.data).fault, fault)
}

const jwt = (text: string) => rawReply.text(200, text, 'application/jwt')
const us = { email: 'signed@example.com', email_verified: true }
const USERINFO: readonly (readonly [string, string, () => string, string])[] = [
  ['signed by the provider', 'signed', () => evil.mint.userinfo(us), 'accepted'],
  ['signed, though that was not asked', 'evil', () => evil.mint.userinfo(us), 'accepted'],
  ['signed by another key', 'signed', () => evil.mint.userinfo(us, { key: stranger }), 'signature'],
  [
    'signed by another key, not asked',
    'evil',
    () => evil.mint.userinfo(us, { key: stranger }),
    'signature',
  ],
  [
    'alg none',
    'signed',
    () => evil.mint.userinfo(us, { header: { alg: 'none' }, signature: () => Buffer.alloc(0) }),
    'signature',
  ],
  ['alg HS256', 'signed', () => evil.mint.userinfo(us, { header: { alg: 'HS256' } }), 'signature'],
  [
    'of another issuer',
    'signed',
    () => evil.mint.userinfo({ ...us, iss: 'https://other.example' }),
    'signature',
  ],
  ['for another client', 'signed', () => evil.mint.userinfo({ ...us, aud: 'other' }), 'signature'],
  ['for nobody', 'signed', () => evil.mint.userinfo({ ...us, aud: undefined }), 'signature'],
  ['of another person', 'signed', () => evil.mint.userinfo({ ...us, sub: 'other' }), 'subject'],
  ['a logout token', 'signed', () => evil.mint.logout(), 'signature'],
  ['nonsense', 'signed', () => 'nonsense', 'signature'],
]
for (const [title, provider, text, expected] of USERINFO) {
  test(`RP-80 oidcc-client-test-userinfo-signed: UserInfo ${title} → ${expected}`, async () => {
    evil.say.claims = { sub: 'subject-1', email: undefined, given_name: undefined }
    evil.say.reply.userinfo = jwt(text())
    if (expected !== 'accepted') return refusedByUserInfo(provider, expected)
    const eve = world.person()
    await signIn(eve, provider)
    assert.equal(await emailOf(eve), us.email)
  })
}

test('RP-80 UserInfo that is not signed where it must be ends the sign-in', async () => {
  evil.say.claims = { email: undefined }
  await refusedByUserInfo('signed', 'unsigned')
})

test('RP-82 oidcc-client-test-distributed-claims: addresses in claims are not fetched', async () => {
  let hits = 0
  const canary = createServer((_, response) => {
    hits += 1
    response.end('{}')
  })
  await new Promise<void>((resolve) => canary.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(canary.address() as AddressInfo).port}/claims`
  const elsewhere: Json = {
    _claim_names: { email: 'src1', given_name: 'src1' },
    _claim_sources: { src1: { endpoint, access_token: 'x', JWT: evil.mint.id() } },
    picture: endpoint,
    profile: endpoint,
  }
  evil.say.claims = { sub: 's-82', email: undefined, given_name: undefined, ...elsewhere }
  evil.say.userinfo = { sub: 's-82', email: undefined, given_name: undefined, ...elsewhere }
  const eve = world.person()
  await signIn(eve)
  assert.deepEqual([await emailOf(eve), hits], [null, 0])
  await new Promise((resolve) => canary.close(resolve))
})

test('RP-45 the session records what was granted, and a refresh may take from it', async () => {
  const scopes = async () => {
    const rows = await world.sql<{ scopes: string[] }>(
      `select s.scopes from plinth.sessions s join plinth.identities i on i.id = s.identity_id
        where i.subject = 's-45' order by s.created_at desc, s.id desc limit 1`,
    )
    return rows[0]?.scopes
  }
  const eve = world.person()
  evil.say.claims = { sub: 's-45' }
  await signIn(eve)
  assert.deepEqual(await scopes(), ['openid', 'email', 'profile'])
  evil.say.token = { scope: 'openid  email', refresh_token: 'refresh-1' }
  await signIn(eve)
  assert.deepEqual(await scopes(), ['openid', 'email'])
  evil.say.token = { id_token: undefined }
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(await scopes(), ['openid', 'email'])
  evil.say.token = { id_token: undefined, scope: 'openid' }
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.deepEqual(await scopes(), ['openid'])
})

test('SB-11 v5.0.0-V10.1.1 no token of the provider reaches the browser, save the hint of a sign-out', async () => {
  evil.say.token = { refresh_token: 'refresh-token-of-the-provider' }
  const eve = world.person()
  const started = await eve.get('/auth/web/login?provider=evil')
  const callback = evil.callback(started.headers.get('location') ?? '')
  const answers = [
    started,
    await eve.get(callback),
    await eve.get('/auth/web/me'),
    await eve.get('/auth/sessions'),
    await eve.get('/auth/identities'),
    await eve.post('/auth/web/refresh'),
    await eve.get(callback),
  ]
  // Where tokens are revoked at sign-out needs jobs; the sign-out itself answers the same without.
  evil.say.token = {}
  const bob = world.person()
  await signIn(bob)
  const signOut = await bob.post('/auth/web/logout')
  const url = new URL(String(signOut.body['provider_logout_url']))
  url.searchParams.delete('id_token_hint')
  const told = [...answers.map(whole), url.href, [...signOut.headers].join('\n')].join('\n')
  assert.deepEqual(
    answers.map(({ status }) => status),
    [302, 302, 200, 200, 200, 200, 400],
  )
  const code = new URL(callback, 'http://service').searchParams.get('code')
  const tokens = evil.issued.filter((one) => one !== code)
  assert.ok(tokens.length > 2)
  for (const token of tokens) assert.ok(!told.includes(token), token)
  assert.ok(!holdsJwt(told), told)
})

/** Everything that a browser got of an answer. */
function whole({ headers, body }: Answer): string {
  return `${[...headers].join('\n')}\n${JSON.stringify(body)}`
}

test('RP-90 oidcc-client-test-signing-key-rotation: a key rotated during a session does not end it', async () => {
  evil.say.token = { refresh_token: 'refresh-1' }
  const eve = world.person()
  await signIn(eve)
  world.clock.advance(31_000)
  evil.rotateKeys(stranger)
  evil.say.claims = { iat: Math.floor(world.clock.now() / 1_000) }
  const before = evil.calls('jwks').length
  assert.equal((await eve.post('/auth/web/refresh')).status, 200)
  assert.equal((await eve.get('/auth/web/me')).body['authenticated'], true)
  assert.equal(evil.calls('jwks').length, before + 1)
})

test('RP-77 an ID token that nobody asked for signs nobody in, whoever issued it', async () => {
  await using foreign = await startEvilProvider({ name: 'foreign', key: stranger })
  const forms = [evil.mint.id(), foreign.mint.id(), evil.mint.access()]
  for (const token of forms) {
    const eve = world.person()
    for (const path of ['/auth/web/login', '/auth/web/callback', '/auth/web/me']) {
      await eve.get(`${path}?id_token=${token}&access_token=${token}`)
    }
    const asked = await fetch(`${world.http.url}/auth/web/me`, {
      headers: { authorization: `Bearer ${token}` },
    })
    assert.notEqual(((await asked.json()) as Json)['authenticated'], true)
    assert.equal(await emailOf(eve), 'signed out')
  }
  // Machine clients get tokens of ours there, for nothing that a provider said.
  const urls = world.http.census.map(({ url }) => url).filter((url) => /token/.test(url))
  assert.deepEqual(urls, ['/oauth/token'])
})

test('FI-24 JW-50 JW-52 JW-54 JW-56 a key set that floods, breaks or turns over leaves sign-in standing', async () => {
  const arrives = async () => {
    const eve = world.person()
    evil.say.claims = {
      iat: Math.floor(world.clock.now() / 1_000),
      exp: Math.floor(world.clock.now() / 1_000) + 300,
    }
    await signIn(eve)
    return (await emailOf(eve)) === 'eve@example.com'
  }
  assert.equal(await arrives(), true)
  const published = newSigningKey().jwk
  for (const reply of [
    rawReply.text(500, '{"keys":[]}'),
    rawReply.text(500, JSON.stringify({ keys: [published] })),
    rawReply.text(200, '{"keys":null}'),
    rawReply.text(200, '{"keys":[]}'),
    rawReply.text(200, '<p>', 'text/html'),
    rawReply.redirect(`${evil.issuer}/other`),
    rawReply.large(10_000_000),
    rawReply.gzipBomb(1_000_000),
    rawReply.closed(),
  ]) {
    world.clock.advance(31_000)
    evil.say.reply.jwks = reply
    evil.say.header = { kid: 'unknown' }
    assert.equal(await arrives(), false)
    evil.say.header = {}
    assert.equal(await arrives(), true)
  }
  evil.say.reply = {}
  world.clock.advance(31_000)
  evil.rotateKeys(newSigningKey('ES256'))
  assert.deepEqual(await Promise.all(Array.from({ length: 10 }, arrives)), Array(10).fill(true))
})
