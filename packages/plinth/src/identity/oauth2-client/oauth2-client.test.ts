import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { EvilProvider, RawReply } from '../../testing/index.ts'
import { createTestClock, startEvilProvider } from '../../testing/index.ts'
import { getJwtValidator, OAuth2Client, OAuth2Error } from '../index.ts'

const clock = createTestClock()
const redirectUri = 'http://localhost:9/callback'
let evil: EvilProvider
before(async () => {
  evil = await startEvilProvider({ clock })
})
after(() => evil[Symbol.asyncDispose]())
beforeEach(() => evil.reset())

const openClient = () => new OAuth2Client({ settings: evil.settings, redirectUri, clock })

/** An answer of a status with JSON. */
const status =
  (code: number, body: object): RawReply =>
  (_, response) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body))

/** Goes where a browser would go, and brings back what the provider gave it. */
async function visit(url: string): Promise<{ code: string; state: string }> {
  const answer = await fetch(url, { redirect: 'manual' })
  const { searchParams } = new URL(answer.headers.get('location') ?? '')
  return { code: searchParams.get('code') ?? '', state: searchParams.get('state') ?? '' }
}

const failure = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail('it was accepted'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof OAuth2Error, String(error))
  return `${error.code} ${error.fault}`
}

test('a code is exchanged with PKCE, and the ID token is held against the sign-in that was started', async () => {
  await using client = openClient()
  const { url, state } = await client.getAuthorizationUrl()
  const asked = new URL(url).searchParams
  assert.deepEqual(
    [asked.get('code_challenge_method'), asked.get('state'), asked.get('redirect_uri')],
    ['S256', state, redirectUri],
  )
  const back = await visit(url)
  const tokens = await client.exchangeCode(back.code, back.state)
  assert.equal(tokens.claims['email'], 'eve@example.com')
  assert.ok(tokens.accessToken.length > 0)
  const form = new URLSearchParams(evil.calls('token')[0]?.body)
  assert.equal(form.get('grant_type'), 'authorization_code')
  assert.equal((form.get('code_verifier') ?? '').length, 43)
  assert.equal((await client.getUserinfo(tokens.accessToken))['email'], 'eve@example.com')
})

test('JW-49 a state works once, for the client that made it, and for ten minutes', async () => {
  const client = openClient()
  const { url } = await client.getAuthorizationUrl()
  const { code, state } = await visit(url)
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => client.exchangeCode(code, state)),
  )
  assert.equal(tries.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal(await failure(openClient().exchangeCode(code, state)), 'state unknown_state')
  const late = await visit((await client.getAuthorizationUrl()).url)
  clock.advance(601_000)
  assert.equal(await failure(client.exchangeCode(late.code, late.state)), 'state unknown_state')
})

test('an ID token of another sign-in, of somebody else or of nobody is not believed', async () => {
  for (const claims of [{ nonce: 'other' }, { aud: 'other' }, { iss: 'https://other.example' }]) {
    const client = openClient()
    const { code, state } = await visit((await client.getAuthorizationUrl()).url)
    evil.next('token', { claims })
    assert.match(await failure(client.exchangeCode(code, state)), /^invalid /)
  }
})

test('a token of our own is asked for once for its scopes, and again shortly before it ends', async () => {
  const client = openClient()
  evil.say.token = { expires_in: 120 }
  const many = await Promise.all(
    Array.from({ length: 10 }, () => client.clientCredentials(['b', 'a'])),
  )
  assert.equal(new Set(many.map(({ accessToken }) => accessToken)).size, 1)
  await client.clientCredentials(['a', 'b'])
  assert.equal(evil.calls('token').length, 1)
  const form = new URLSearchParams(evil.calls('token')[0]?.body)
  assert.deepEqual([form.get('grant_type'), form.get('scope')], ['client_credentials', 'a b'])
  await client.clientCredentials(['a'])
  assert.equal(evil.calls('token').length, 2)
  clock.advance(91_000)
  await client.clientCredentials(['a', 'b'])
  assert.equal(evil.calls('token').length, 3)
})

test('RP-41 a life in fractions of a second is cut to whole ones, and one without end to a day', async () => {
  let now = clock.now()
  const standing = { now: () => now, monotonic: () => now }
  const client = new OAuth2Client({ settings: evil.settings, redirectUri, clock: standing })
  for (const [expires_in, lastsMs] of [
    [120.9, 90_000],
    [1e308, 86_370_000],
  ] as const) {
    evil.say.token = { expires_in }
    const askedAfter = async (ms: number) => {
      now += ms
      await client.clientCredentials([`for-${expires_in}`])
      return evil.calls('token').length
    }
    const first = await askedAfter(0)
    assert.deepEqual([await askedAfter(lastsMs - 1), await askedAfter(1)], [first, first + 1])
  }
})

test('what failed is told by a code, and is tried again by the next call', async () => {
  const client = openClient()
  evil.next('token', { reply: { token: status(503, {}) } })
  assert.equal(await failure(client.clientCredentials()), 'unreachable status_503')
  evil.next('token', { reply: { token: status(400, { error: 'invalid_scope' }) } })
  assert.equal(await failure(client.clientCredentials()), 'refused invalid_scope')
  assert.ok((await client.clientCredentials()).accessToken)
  const nowhere = new OAuth2Client({ settings: { issuer: 'http://127.0.0.1:9', client_id: 'x' } })
  assert.equal(await failure(nowhere.discover()), 'unreachable discovery')
  assert.throws(() => new OAuth2Client({ settings: { issuer: 'http://example.com' } }), /issuer/)
  assert.throws(
    () => new OAuth2Client({ settings: { issuer: evil.issuer } }),
    /client_id is missing/,
  )
})

test('a refresh gives new tokens, and keeps the refresh token where no other came', async () => {
  const client = openClient()
  evil.next('token', { token: { refresh_token: 'rotated' } })
  assert.equal((await client.refresh('old')).refreshToken, 'rotated')
  assert.equal((await client.refresh('kept')).refreshToken, 'kept')
})

/** Publishes what a server for machines does: no OpenID document, and nowhere to send a browser. */
function publishForMachinesOnly(changes: object = {}): void {
  const { issuer, say } = evil
  const document = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` }
  say.answer = ({ url }, response) => {
    if (url === '/.well-known/openid-configuration') response.writeHead(404).end()
    else if (url === '/.well-known/oauth-authorization-server')
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ ...document, ...changes }))
    else return false
    return true
  }
}

test('RFC 8414 a server for machines is found by its own document: tokens are had there, and theirs are checked', async () => {
  publishForMachinesOnly()
  const client = openClient()
  assert.ok((await client.clientCredentials()).accessToken)
  const nowhere = await failure(client.getAuthorizationUrl())
  assert.equal(nowhere, 'refused no_authorization_endpoint')
  const issuers = { evil: { issuer: evil.issuer, authorized_parties: ['evil-client'] } }
  const { userId } = await getJwtValidator({ settings: { issuers }, clock }).validateToken(
    evil.mint.access(),
  )
  assert.equal(userId, 'subject-1')
  publishForMachinesOnly({ issuer: 'https://other.example' })
  assert.equal(await failure(openClient().clientCredentials()), 'unreachable metadata')
})

test('the keys of an issuer that publishes no document at all are found by jwks_uri', async () => {
  evil.say.answer = ({ url }, response) => {
    if (url?.startsWith('/.well-known/') !== true) return false
    response.writeHead(404).end()
    return true
  }
  const own = { issuer: evil.issuer, authorized_parties: ['evil-client'] }
  const issuers = { evil: { ...own, jwks_uri: `${evil.issuer}/jwks` } }
  const validator = getJwtValidator({ settings: { issuers }, clock })
  assert.equal((await validator.validateToken(evil.mint.access())).userId, 'subject-1')
  const lost = getJwtValidator({ settings: { issuers: { evil: own } }, clock })
  await assert.rejects(lost.validateToken(evil.mint.access()), {
    code: 'auth.provider_unavailable',
  })
})

test('getJwtValidator().validateToken() says who and in which roles, of the issuers that settings name', async () => {
  const issuers = { evil: { issuer: evil.issuer, authorized_parties: ['evil-client'] } }
  const validator = getJwtValidator({ settings: { issuers }, clock })
  const payload = await validator.validateToken(
    evil.mint.access({ roles: ['editor'], scope: 'a b' }),
  )
  assert.deepEqual(
    [payload.userId, payload.roles, payload.scopes, payload.issuer],
    ['subject-1', ['editor'], ['a', 'b'], evil.issuer],
  )
  await assert.rejects(validator.validateToken(evil.mint.id()), { code: 'auth.invalid_token' })
  const other = getJwtValidator({ settings: { issuers: {} }, clock })
  await assert.rejects(other.validateToken(evil.mint.access()), { code: 'auth.invalid_token' })
})
