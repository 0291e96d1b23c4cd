import assert from 'node:assert/strict'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createRemoteJWKSet, jwtVerify } from 'jose'
import * as client from 'openid-client'
import {
  type CookieJar,
  completeLogin,
  refuseProduction,
  startProvider,
  testClient,
} from './index.ts'
import type { ProviderOptions, RunningProvider } from './start-provider.ts'

const BASE = 'http://localhost:8000'
const CALLBACK = `${BASE}/auth/web/callback`
const ONE = { username: 'testuser1', password: 'password123' }
const TWO = { username: 'testuser2', password: 'password123' }
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

let home: string
let provider: RunningProvider

before(async () => {
  home = await mkdtemp(join(tmpdir(), 'plinth-provider-'))
  provider = await startProvider(options())
})

after(async () => {
  await provider.stop()
  await rm(home, { recursive: true, force: true })
})

function options(more: Partial<ProviderOptions> = {}): ProviderOptions {
  const dataFile = join(home, 'provider.json')
  return { port: 0, clients: [testClient()], dataFile, log: silent, ...more }
}

async function relyingParty(issuer = provider.issuer): Promise<client.Configuration> {
  return client.discovery(
    new URL(issuer),
    'test-client',
    undefined,
    client.ClientSecretBasic('test-client-secret'),
    { execute: [client.allowInsecureRequests] },
  )
}

async function signIn(
  party: client.Configuration,
  jar: CookieJar = new Map(),
  more: Record<string, string> = {},
  person = ONE,
) {
  const verifier = client.randomPKCECodeVerifier()
  const [state, nonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(party, {
    redirect_uri: CALLBACK,
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...more,
  })
  const callback = new URL(await completeLogin(url.href, person, jar))
  assert.equal(callback.origin + callback.pathname, CALLBACK)
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  return client.authorizationCodeGrant(party, callback, checks)
}

test('D17 the issuer names its own port, and discovery under it says the same', async () => {
  assert.equal(provider.issuer, `http://localhost:${provider.port}/realms/test-realm`)
  const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`)
  const document: Record<string, unknown> = JSON.parse(await response.text())
  assert.equal(document['issuer'], provider.issuer)
  assert.deepEqual(document['code_challenge_methods_supported'], ['S256'])
  for (const [name, value] of Object.entries(document))
    if (name.endsWith('_endpoint') || name === 'jwks_uri')
      assert.ok(String(value).startsWith(`${provider.issuer}/protocol/openid-connect/`), name)
})

test('a person signs in with code, PKCE and nonce, and the ID token says who they are', async () => {
  const party = await relyingParty()
  const tokens = await signIn(party)
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/protocol/openid-connect/certs`))
  const { payload, protectedHeader } = await jwtVerify(tokens.id_token ?? '', keys, {
    issuer: provider.issuer,
    audience: 'test-client',
  })
  const { name, given_name, family_name, email, email_verified, preferred_username } = payload
  assert.equal(protectedHeader.alg, 'RS256')
  assert.deepEqual(
    { name, given_name, family_name, email, email_verified, preferred_username },
    {
      name: 'Test User One',
      given_name: 'Test',
      family_name: 'User One',
      email: 'testuser1@example.com',
      email_verified: true,
      preferred_username: 'testuser1',
    },
  )
  assert.equal(typeof payload['nonce'], 'string')
  assert.equal(typeof payload['auth_time'], 'number')
  const info = await client.fetchUserInfo(party, tokens.access_token, payload.sub ?? '')
  assert.equal(info.email, 'testuser1@example.com')
})

test('the second person is somebody else, with a name and an address of their own', async () => {
  const claims = (await signIn(await relyingParty(), new Map(), {}, TWO)).claims()
  assert.deepEqual(
    [
      claims?.['name'],
      claims?.['email'],
      claims?.['email_verified'],
      claims?.['preferred_username'],
    ],
    ['Test User Two', 'testuser2@example.com', true, 'testuser2'],
  )
  assert.notEqual(claims?.sub, (await signIn(await relyingParty())).claims()?.sub)
})

test('an access token for the API is a JWT with its audience (RFC 8707)', async () => {
  const tokens = await signIn(await relyingParty(), new Map(), { resource: 'api://default' })
  const keys = createRemoteJWKSet(new URL(`${provider.issuer}/protocol/openid-connect/certs`))
  const { payload } = await jwtVerify(tokens.access_token, keys, { audience: 'api://default' })
  assert.equal(payload.iss, provider.issuer)
})

test('a refresh token works once and brings the next one; its reuse ends the grant', async () => {
  const party = await relyingParty()
  const first = (await signIn(party)).refresh_token ?? ''
  const second = (await client.refreshTokenGrant(party, first)).refresh_token ?? ''
  assert.notEqual(second, first)
  await assert.rejects(client.refreshTokenGrant(party, first), { error: 'invalid_grant' })
  await assert.rejects(client.refreshTokenGrant(party, second), { error: 'invalid_grant' })
})

test('logout with an id_token_hint asks nothing, ends the session and its tokens', async () => {
  const party = await relyingParty()
  const jar: CookieJar = new Map()
  // A refresh token that would outlive the session.
  const lasting = { scope: 'openid offline_access', prompt: 'consent' }
  const tokens = await signIn(party, jar, lasting)
  await signIn(party, jar, { prompt: 'none' })
  const url = client.buildEndSessionUrl(party, {
    id_token_hint: tokens.id_token ?? '',
    post_logout_redirect_uri: `${BASE}/`,
    state: 'back',
  })
  assert.equal(await completeLogin(url.href, ONE, jar), `${BASE}/?state=back`)
  await assert.rejects(client.refreshTokenGrant(party, tokens.refresh_token ?? ''), {
    error: 'invalid_grant',
  })
  await assert.rejects(signIn(party, jar, { prompt: 'none' }), { error: 'login_required' })
  assert.equal(await completeLogin(url.href, ONE, new Map()), `${BASE}/?state=back`)
})

test('at a sign-out it calls this machine only', async () => {
  const said: string[] = []
  const info = (facts: object) => void said.push(...Object.values(facts).map(String))
  const own = await startProvider(
    options({ dataFile: join(home, 'calls.json'), log: { ...silent, info } }),
  )
  try {
    await own.callAtLogout('test-client', 'http://service.invalid/backchannel-logout')
    const party = await relyingParty(own.issuer)
    const jar: CookieJar = new Map()
    const { id_token: hint = '' } = await signIn(party, jar)
    const landing = { id_token_hint: hint, post_logout_redirect_uri: `${BASE}/` }
    await completeLogin(client.buildEndSessionUrl(party, landing).href, ONE, jar)
    assert.match(
      said.join('\n'),
      /the development provider does not call http:\/\/service\.invalid/,
    )
  } finally {
    await own.stop()
  }
})

test('logout without a hint, or with somebody else’s, asks the person first', async () => {
  const party = await relyingParty()
  const jar: CookieJar = new Map()
  await signIn(party, jar)
  const { id_token: foreign = '' } = await signIn(party, new Map(), {}, TWO)
  for (const hint of [{}, { id_token_hint: foreign }]) {
    const landing = { post_logout_redirect_uri: `${BASE}/` }
    const url = client.buildEndSessionUrl(party, { ...landing, ...hint })
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, { headers: { cookie }, redirect: 'manual' })
    assert.equal(response.status, 200)
    assert.match(await response.text(), /Do you want to sign out/)
    await signIn(party, jar, { prompt: 'none' })
  }
})

test('a wrong password is refused on the same page, in words, without a script', async () => {
  const party = await relyingParty()
  const url = client.buildAuthorizationUrl(party, {
    redirect_uri: CALLBACK,
    scope: 'openid',
    code_challenge: await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier()),
    code_challenge_method: 'S256',
  })
  const jar: CookieJar = new Map()
  const wrong = { username: 'testuser1', password: 'guess' }
  await assert.rejects(completeLogin(url.href, wrong, jar), /refused the password of testuser1/)
  const form = await loginForm(url.href)
  assert.equal(form.first.status, 200)
  assert.match(form.body, /testuser1[\s\S]*testuser2/)
  assert.doesNotMatch(form.body, /<script| style=| on[a-z]+=/)
  const policy = form.first.headers.get('content-security-policy') ?? ''
  const nonce = /nonce-([^']+)'/.exec(policy)?.[1] ?? 'none'
  assert.ok(form.body.includes(`<style nonce="${nonce}">`))
  const again = await form.post({ ...wrong, username: '"><i>x' })
  const text = await again.text()
  assert.equal(again.status, 401)
  assert.match(text, /role="alert"[\s\S]*do not belong together/)
  assert.match(text, /value="&quot;&gt;&lt;i&gt;x"/)
})

async function loginForm(url: string) {
  const sent = await fetch(url, { redirect: 'manual' })
  const cookie = sent.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
  const at = new URL(sent.headers.get('location') ?? '', url)
  const first = await fetch(at, { headers: { cookie } })
  const body = await first.text()
  const post = (fields: Record<string, string>) =>
    fetch(at, {
      method: 'POST',
      headers: { cookie },
      body: new URLSearchParams(fields),
      redirect: 'manual',
    })
  return { first, body, post, at }
}

test('PKCE is required, a foreign redirect_uri is refused on the spot', async () => {
  const party = await relyingParty()
  const noProof = client.buildAuthorizationUrl(party, { redirect_uri: CALLBACK, scope: 'openid' })
  const answer = await fetch(noProof, { redirect: 'manual' })
  assert.match(answer.headers.get('location') ?? '', /error=invalid_request/)
  const foreign = new URL(noProof)
  foreign.searchParams.set('redirect_uri', 'http://localhost:8000.evil.test/auth/web/callback')
  const refused = await fetch(foreign, { redirect: 'manual', headers: { accept: 'text/html' } })
  assert.equal(refused.status, 400)
  assert.match(await refused.text(), /This request was refused/)
})

test('D17 a service on another port is the same client; another host or path is not', async () => {
  const party = await relyingParty()
  const challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier())
  const statusFor = async (redirect_uri: string) => {
    const more = { code_challenge: challenge, code_challenge_method: 'S256' }
    const url = client.buildAuthorizationUrl(party, { redirect_uri, scope: 'openid', ...more })
    return (await fetch(url, { redirect: 'manual' })).status
  }
  assert.equal(await statusFor('http://localhost:8017/auth/web/callback'), 303)
  assert.equal(await statusFor('http://127.0.0.1:49152/auth/web/callback'), 303)
  assert.equal(await statusFor('http://localhost:8017/auth/web/callback/x'), 400)
  assert.equal(await statusFor('http://user@localhost:8017/auth/web/callback'), 400)
  assert.equal(await statusFor('http://localhost.evil.test:8017/auth/web/callback'), 400)
  assert.equal(await statusFor('https://localhost:8017/auth/web/callback'), 400)
})

test('a restart keeps keys, sessions and refresh tokens; the file is private', async () => {
  const dataFile = join(home, 'restart.json')
  const first = await startProvider(options({ dataFile }))
  const jar: CookieJar = new Map()
  const tokens = await signIn(await relyingParty(first.issuer), jar)
  await first.stop()
  assert.equal((await stat(dataFile)).mode & 0o777, 0o600)
  const second = await startProvider(options({ dataFile, port: first.port }))
  try {
    const party = await relyingParty(second.issuer)
    await client.refreshTokenGrant(party, tokens.refresh_token ?? '')
    await signIn(party, jar, { prompt: 'none' })
  } finally {
    await second.stop()
  }
})

test('it listens on loopback only and answers to no other host name', async () => {
  const foreign = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find((address) => address.family === 'IPv4' && !address.internal)
  if (foreign !== undefined) assert.equal(await accepts(foreign.address, provider.port), false)
  assert.match(await rawStatus(provider.port, 'rebound.evil.test'), /^HTTP\/1\.1 421 /)
})

function accepts(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => resolve(true))
    socket.once('connect', () => socket.destroy()).once('error', () => resolve(false))
  })
}

function rawStatus(port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.end(`GET /realms/test-realm/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    socket.once('data', (data) => resolve(data.toString())).once('error', reject)
  })
}

test('it refuses production and a taken port, each in one sentence', async () => {
  assert.throws(
    () => refuseProduction('development identity provider', { APP_ENVIRONMENT: 'production' }),
    /^Error: The development identity provider is for development and does not start in production \(APP_ENVIRONMENT=production\)/,
  )
  process.env['APP_ENVIRONMENT'] = 'production'
  try {
    const attempt = async () => (await startProvider(options())).stop()
    await assert.rejects(attempt, /does not start in production/)
  } finally {
    delete process.env['APP_ENVIRONMENT']
  }
  await assert.rejects(
    startProvider(options({ port: provider.port })),
    /Port \d+ is taken, so the development identity provider cannot start/,
  )
})
