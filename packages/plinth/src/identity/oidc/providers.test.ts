import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Clock } from '../../kernel/index.ts'
import type { Outbound, OutboundRequest } from '../../outbound/index.ts'
import { oidcSettings, signInChoices } from '../index.ts'
import type { Heard, Json } from '../tokens/forge.fixture.ts'
import {
  client,
  forge,
  forgedNetwork,
  forgedProviders,
  keys,
  NOW,
  publicJwk,
  publish,
} from '../tokens/forge.fixture.ts'
import { verify } from './exchange-code.ts'
import type { Provider } from './provider.ts'
import { providerReadiness } from './provider-readiness.ts'
import { askUserInfo } from './userinfo-endpoint.ts'

const silent = { info() {}, warn() {}, error() {} }
const clock: Clock = { now: () => NOW * 1_000, monotonic: () => 1_000 }
const ISSUER = 'https://idp.example/realms/one'
const GOOGLE = 'https://accounts.google.com'
const MICROSOFT = 'https://login.microsoftonline.com/{tenantid}/v2.0'
const TENANT = '11111111-2222-4333-8444-555555555555'
const STRANGER = '99999999-2222-4333-8444-555555555555'

function provider(own: Json, network = forgedNetwork(), at: Clock = clock): Provider {
  const found = forgedProviders(network, at, { providers: { one: own } }).find('one')
  assert.ok(found)
  return found
}

test('4.8 a provider that is off is one log line that says why, and the others are there', () => {
  const heard: Heard[] = []
  const oidc = {
    default_provider: 'on',
    providers: {
      on: client(ISSUER),
      off: client(ISSUER, { enabled: false }),
      local: client(ISSUER, { dev_only: true }),
      clientless: { issuer: ISSUER },
      empty: client(ISSUER, { client_id: '' }),
    },
  }
  const providers = forgedProviders(forgedNetwork(), clock, oidc, { production: true, heard })
  assert.deepEqual(
    heard.map(({ facts, message }) => ({ ...facts, message })),
    [
      { provider: 'off', why: 'enabled is false', message: 'provider is off' },
      { provider: 'local', why: 'dev_only in production', message: 'provider is off' },
      { provider: 'clientless', why: 'client_id is not set', message: 'provider is off' },
      { provider: 'empty', why: 'client_id is not set', message: 'provider is off' },
    ],
  )
  assert.deepEqual(
    providers.all.map(({ name }) => name),
    ['on'],
  )
  for (const name of [undefined, '', 'default', 'on'])
    assert.equal(providers.find(name)?.name, 'on')
  for (const name of ['off', 'local', '__proto__', 'constructor'])
    assert.equal(providers.find(name), undefined)
  const development = forgedProviders(forgedNetwork(), clock, oidc)
  assert.equal(development.find('local')?.name, 'local')
})

test('4.1 C31 where one provider is on, a sign-in that names none goes there, whatever the default is', () => {
  const google = client(GOOGLE)
  const off = { keycloak: { issuer: ISSUER } }
  for (const providers of [{ google }, { google, ...off }, { ...off, google }]) {
    const settings = oidcSettings.parse({ providers })
    const found = forgedProviders(forgedNetwork(), clock, { providers })
    for (const name of [undefined, '', 'default']) assert.equal(found.find(name)?.name, 'google')
    assert.deepEqual(
      signInChoices(settings, true).map(({ name, isDefault }) => [name, isDefault]),
      [['google', true]],
    )
  }
  const two = forgedProviders(forgedNetwork(), clock, {
    providers: { google, other: client(ISSUER) },
  })
  assert.equal(two.find(undefined), undefined, 'which of two is not guessed')
})

// What Google's document says of itself, as far as it matters here.
const GOOGLE_DOCUMENT = {
  issuer: GOOGLE,
  authorization_endpoint: `${GOOGLE}/o/oauth2/v2/auth`,
  token_endpoint: 'https://oauth2.googleapis.com/token',
  userinfo_endpoint: 'https://openidconnect.googleapis.com/v1/userinfo',
  revocation_endpoint: 'https://oauth2.googleapis.com/revoke',
  jwks_uri: 'https://www.googleapis.com/oauth2/v3/certs',
}

test('4.8 Google works by discovery alone: the origins of its endpoints are known', async () => {
  const network = forgedNetwork()
  publish(network, GOOGLE, [], GOOGLE_DOCUMENT)
  const metadata = await provider(client(GOOGLE), network).metadata()
  assert.equal(metadata.tokenEndpoint, 'https://oauth2.googleapis.com/token')
  assert.equal(metadata.endSessionEndpoint, undefined)
})

test('RP-46 what is known of Google is no leave for any other origin, nor for any other provider', async () => {
  const network = forgedNetwork()
  publish(network, GOOGLE, [], { ...GOOGLE_DOCUMENT, token_endpoint: 'https://evil.example/token' })
  await assert.rejects(
    provider(client(GOOGLE), network).metadata(),
    /lies at https:\/\/evil\.example/,
  )
  publish(network, ISSUER, [], { token_endpoint: 'https://oauth2.googleapis.com/token' })
  await assert.rejects(provider(client(ISSUER), network).metadata(), /endpoint_origins/)
})

test('RP-46 an origin that settings name may hold endpoints', async () => {
  const network = forgedNetwork()
  publish(network, ISSUER, [], { token_endpoint: 'https://login.example/token' })
  const own = client(ISSUER, { endpoint_origins: ['https://login.example'] })
  assert.equal(
    (await provider(own, network).metadata()).tokenEndpoint,
    'https://login.example/token',
  )
})

test('S2 explicit endpoints win over the document, and without need of one none is asked for', async () => {
  const network = forgedNetwork()
  publish(network, ISSUER, [])
  const two = client(ISSUER, {
    token_endpoint: `${ISSUER}/mine`,
    userinfo_endpoint: `${ISSUER}/me`,
  })
  const metadata = await provider(two, network).metadata()
  assert.deepEqual(
    [metadata.tokenEndpoint, metadata.userinfoEndpoint, metadata.authorizationEndpoint],
    [`${ISSUER}/mine`, `${ISSUER}/me`, `${ISSUER}/authorize`],
  )
  const all = { ...two, authorization_endpoint: `${ISSUER}/a`, jwks_uri: `${ISSUER}/jwks` }
  const silent = forgedNetwork()
  assert.equal((await provider(all, silent).metadata()).jwksUri, `${ISSUER}/jwks`)
  assert.deepEqual(silent.asked, [])
})

/** Discovery documents are fresh for as long as keys are: an hour, where settings do not say otherwise. */
const HOUR_MS = 3_600_000
const RETRY_MS = 5_000

test('RP-87 a discovery document is asked for once by all who wait, and once an hour', async () => {
  const network = forgedNetwork()
  publish(network, ISSUER, [])
  let now = 0
  const one = provider(client(ISSUER), network, { ...clock, monotonic: () => now })
  const all = () => Promise.all(Array.from({ length: 20 }, () => one.metadata()))
  for (const [at, asked] of [
    [0, 1],
    [HOUR_MS, 1],
    [HOUR_MS + 1, 2],
    [2 * HOUR_MS, 2],
  ] as const) {
    now = at
    await all()
    assert.equal(network.asked.length, asked, `${at} ms`)
  }
})

test('RP-87 while there is no discovery document it is asked for every five seconds at most', async () => {
  const network = forgedNetwork()
  let now = 0
  const one = provider(client(ISSUER), network, { ...clock, monotonic: () => now })
  for (const [at, asked] of [
    [0, 1],
    [RETRY_MS - 1, 1],
    [RETRY_MS, 2],
  ] as const) {
    now = at
    for (let caller = 0; caller < 20; caller += 1) await assert.rejects(one.metadata())
    assert.equal(network.asked.length, asked, `${at} ms`)
  }
  publish(network, ISSUER, [])
  now = 2 * RETRY_MS
  assert.equal((await one.metadata()).tokenEndpoint, `${ISSUER}/token`)
})

test('RP-37 RP-79 RP-87 what a provider says of itself, its keys and its people may take five seconds and 256 KiB', async () => {
  const network = forgedNetwork()
  publish(network, ISSUER, [publicJwk(keys.rsa)], { userinfo_endpoint: `${ISSUER}/me` })
  const calls: OutboundRequest[] = []
  const outbound: Outbound = {
    request: async (call) => {
      calls.push(call)
      return { status: 200, headers: {}, body: Buffer.alloc(0) }
    },
    fetchJson: (call) => {
      calls.push(call)
      return network.outbound.fetchJson(call)
    },
  }
  const one = provider(client(ISSUER), { ...network, outbound })
  await one.keys.warm()
  await askUserInfo(outbound, one, 'access')
  assert.deepEqual(
    calls.map(({ url, timeoutMs, maxBytes }) => [url.slice(ISSUER.length), timeoutMs, maxBytes]),
    ['/.well-known/openid-configuration', '/jwks', '/me'].map((path) => [path, 5_000, 262_144]),
  )
})

function microsoft(more: Json = {}, document: Json = {}) {
  const network = forgedNetwork()
  const base = 'https://login.microsoftonline.com'
  const rsaJwk = publicJwk(keys.rsa, { kid: 'm1', ...(more['jwk'] as Json) })
  for (const [authority, issuer] of [
    ['common', MICROSOFT],
    [TENANT, `${base}/${TENANT}/v2.0`],
  ]) {
    publish(network, `${base}/${authority}/v2.0`, [rsaJwk], {
      issuer,
      userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
      ...document,
    })
  }
  const { jwk: _, ...own } = more
  return { network, provider: provider(client(MICROSOFT, own), network) }
}

const idToken = (tenant: string, more: Json = {}) =>
  forge(
    {
      iss: MICROSOFT.replace('{tenantid}', tenant),
      aud: 'test-client',
      sub: 'pairwise',
      tid: tenant,
      iat: NOW,
      exp: NOW + 300,
      nonce: 'n',
      ...more,
    },
    { alg: 'RS256', kid: 'm1' },
  )

const bindings = { nonce: 'n', accessToken: undefined, code: undefined, nowSeconds: NOW }

async function verdict(one: Provider, text: string): Promise<string> {
  const verified = await verify(one, text, bindings)
  return verified === 'keys'
    ? 'keys'
    : verified.ok
      ? `accepted ${verified.claims.iss}`
      : verified.fault
}

const ORGANISATIONS: readonly (readonly [string, readonly string[], string, string])[] = [
  ['of the one allowed tenant', [TENANT], TENANT, 'accepted'],
  ['of one of several', [TENANT, STRANGER], STRANGER, 'accepted'],
  ['of a stranger', [TENANT], STRANGER, 'iss'],
  ['of anybody where that is said', ['any'], STRANGER, 'accepted'],
  ['of the template itself', ['any'], '{tenantid}', 'iss'],
  ['of no tenant id', ['any'], 'common', 'iss'],
  ['of a path', ['any'], `${TENANT}/../${STRANGER}`, 'iss'],
]
for (const [title, tenants, tenant, expected] of ORGANISATIONS) {
  test(`4.8 Microsoft: an ID token ${title} → ${expected}`, async () => {
    const { provider: one } = microsoft({ allowed_tenants: tenants })
    const name = MICROSOFT.replace('{tenantid}', tenant)
    const full = expected === 'accepted' ? `accepted ${name}` : expected
    assert.equal(await verdict(one, idToken(tenant)), full)
  })
}

test('4.8 Microsoft: one tenant has its own document, several share one, and S0’s spelling is read as that', async () => {
  const one = microsoft({ allowed_tenants: [TENANT] })
  await one.provider.metadata()
  const many = microsoft({ allowed_tenants: ['any'] })
  await many.provider.metadata()
  const common = 'https://login.microsoftonline.com/common/v2.0'
  const seed = provider(client(common, { allowed_tenants: ['any'] }), many.network)
  assert.equal(
    (await seed.metadata()).userinfoEndpoint,
    'https://graph.microsoft.com/oidc/userinfo',
  )
  assert.ok(seed.isIssuer(MICROSOFT.replace('{tenantid}', TENANT)))
  assert.ok(!seed.isIssuer(common))
  const path = '/v2.0/.well-known/openid-configuration'
  assert.deepEqual(
    [...one.network.asked, ...many.network.asked],
    [TENANT, 'common', 'common'].map(
      (authority) => `https://login.microsoftonline.com/${authority}${path}`,
    ),
  )
})

test('RP-83 v5.0.0-V10.5.3 Microsoft: a document in the name of another tenant is refused', async () => {
  const issuer = MICROSOFT.replace('{tenantid}', STRANGER)
  const { provider: one } = microsoft({ allowed_tenants: [TENANT] }, { issuer })
  await assert.rejects(one.metadata(), /another issuer/)
})

test('JW-27 a key that is published for one tenant signs for no other', async () => {
  const own = MICROSOFT.replace('{tenantid}', TENANT)
  const bound = { allowed_tenants: ['any'], jwk: { issuer: own } }
  assert.equal(await verdict(microsoft(bound).provider, idToken(TENANT)), `accepted ${own}`)
  assert.equal(await verdict(microsoft(bound).provider, idToken(STRANGER)), 'key')
  const alone = forgedNetwork()
  publish(alone, own, [publicJwk(keys.rsa, { kid: 'm1', issuer: MICROSOFT })])
  assert.match(await verdict(provider(client(own), alone), idToken(TENANT)), /^accepted/)
  const shared = { allowed_tenants: ['any'], jwk: { issuer: MICROSOFT } }
  assert.match(await verdict(microsoft(shared).provider, idToken(STRANGER)), /^accepted/)
})

for (const spelled of ['https://github.com', 'https://github.com/login/oauth']) {
  test(`4.8 GitHub as ${spelled} needs a client and nothing else`, async () => {
    const github = provider(client(spelled))
    const { protocol, issuer, scopes, subjectClaim, authMethod } = github
    assert.deepEqual(
      { protocol, issuer, scopes, subjectClaim, authMethod },
      {
        protocol: 'oauth2',
        issuer: 'https://github.com/login/oauth',
        scopes: ['read:user', 'user:email'],
        subjectClaim: 'id',
        authMethod: 'client_secret_post',
      },
    )
    assert.ok(github.isIssuer('https://github.com/login/oauth'))
    const { tokenEndpoint, emailsEndpoint, jwksUri, sendsIssuer } = await github.metadata()
    assert.deepEqual(
      [tokenEndpoint, emailsEndpoint, jwksUri, sendsIssuer],
      [`${issuer}/access_token`, 'https://api.github.com/user/emails', undefined, true],
    )
  })
}

test('S2 explicit endpoints win over what is known of a provider too', async () => {
  const own = { userinfo_endpoint: 'https://hub.example/user' }
  const { userinfoEndpoint, emailsEndpoint } = await provider(
    client('https://github.com', own),
  ).metadata()
  assert.deepEqual(
    [userinfoEndpoint, emailsEndpoint],
    ['https://hub.example/user', 'https://api.github.com/user/emails'],
  )
})

test('8.1 readiness asks for endpoints and keys, and for no keys where nothing is signed', async () => {
  const network = forgedNetwork()
  publish(network, ISSUER, [])
  const check = (one: Provider) => providerReadiness(one, silent).check?.()
  await assert.rejects(
    async () => check(provider(client(ISSUER), network)),
    /no usable signing key/,
  )
  publish(network, ISSUER, [publicJwk(keys.rsa)])
  await check(provider(client(ISSUER), network))
  await check(provider(client('https://github.com')))
})

const OAUTH2 = {
  protocol: 'oauth2',
  authorization_endpoint: 'https://hub.example/authorize',
  token_endpoint: 'https://hub.example/token',
  userinfo_endpoint: 'https://api.hub.example/me',
}
const SETTINGS: readonly (readonly [string, Json, string | undefined])[] = [
  ['an oauth2 provider with its three endpoints', client('https://hub.example', OAUTH2), undefined],
  [
    'an oauth2 provider without userinfo',
    client('https://hub.example', { ...OAUTH2, userinfo_endpoint: undefined }),
    'userinfo_endpoint',
  ],
  ['a template without tenants', client(MICROSOFT), 'allowed_tenants'],
  ['a template without tenants that is off', { issuer: MICROSOFT }, undefined],
  ['tenants without a template', client(ISSUER, { allowed_tenants: ['any'] }), 'allowed_tenants'],
  ['a tenant by name', client(MICROSOFT, { allowed_tenants: ['contoso'] }), 'allowed_tenants'],
  [
    'an issuer with two places',
    client(`${MICROSOFT}/{tenantid}`, { allowed_tenants: ['any'] }),
    'issuer',
  ],
  [
    'an origin with a path',
    client(ISSUER, { endpoint_origins: ['https://a.example/x'] }),
    'endpoint_origins',
  ],
  ['scopes without openid', client(ISSUER, { scopes: ['email'] }), 'scopes'],
]
for (const [title, own, key] of SETTINGS) {
  test(`provider settings: ${title} → ${key ?? 'accepted'}`, () => {
    const parsed = oidcSettings.safeParse({ providers: { one: own } })
    assert.equal(parsed.error?.issues[0]?.path[2], key)
  })
}
