import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../kernel/index.ts'
import { systemClock } from '../kernel/index.ts'
import { createOutbound, outboundSettings } from '../outbound/index.ts'
import { createTestClock } from '../testing/test-clock.ts'
import type { EvilProvider } from './evil-provider.fixture.ts'
import { startEvilProvider } from './evil-provider.fixture.ts'
import { openIdentity, signInAt } from './identity.fixture.ts'
import { oidcSettings } from './index.ts'
import { providerReadiness } from './oidc/provider-readiness.ts'
import { createProviders } from './oidc/providers.ts'

const silent = { info() {}, warn() {}, error() {} }

function providerAt(evil: EvilProvider, more: object = {}, clock: Clock = systemClock) {
  const settings = oidcSettings.parse({
    default_provider: 'evil',
    providers: { evil: { client_id: 'c', issuer: evil.issuer, ...more } },
  })
  const outbound = createOutbound({
    settings: outboundSettings.parse({ timeout_ms: 300 }),
    clock,
    log: silent,
  })
  const deps = { settings, outbound, clock, production: false, log: silent }
  const provider = createProviders(deps).find('evil')
  assert.ok(provider)
  return provider
}

test('RP-87 FI-23 readiness names the provider, start does not wait for it, and it is asked again by itself', async () => {
  await using evil = await startEvilProvider()
  const { answer } = evil.say
  evil.say.answer = (request) => {
    request.socket.destroy()
    return true
  }
  const clock = createTestClock()
  const readiness = providerReadiness(providerAt(evil, {}, clock), silent, 20)
  assert.equal(readiness.name, 'oidc.evil')
  await readiness.open?.()
  await assert.rejects(async () => readiness.check?.())
  evil.say.answer = answer
  clock.advance(60_000)
  while (!evil.heard.some(({ path }) => path === '/jwks')) await setTimeout(5)
  await readiness.check?.()
  await readiness.close?.()
})

type Says = (evil: EvilProvider) => object
const REFUSED: readonly (readonly [string, Says, RegExp])[] = [
  ['RP-83 another issuer', () => ({ issuer: 'https://other.example' }), /another issuer/],
  ['RP-83 a trailing slash', (evil) => ({ issuer: `${evil.issuer}/` }), /another issuer/],
  [
    'RP-84 http endpoint elsewhere',
    () => ({ token_endpoint: 'http://idp.example/t' }),
    /not an https URL/,
  ],
  [
    'RP-84 endpoint with a user name',
    (evil) => ({ token_endpoint: evil.issuer.replace('//', '//a:b@') }),
    /not an https URL/,
  ],
  [
    'RP-84 endpoint with a fragment',
    (evil) => ({ jwks_uri: `${evil.issuer}/jwks#x` }),
    /not an https URL/,
  ],
  [
    'RP-46 token endpoint on another host',
    () => ({ token_endpoint: 'https://other.example/t' }),
    /lies at https:\/\/other\.example/,
  ],
  ['no token endpoint', () => ({ token_endpoint: undefined }), /no token_endpoint/],
  ['no JSON object', () => ({ issuer: 1 }), /no discovery document/],
]
for (const [title, says, expected] of REFUSED) {
  test(`${title} in the discovery document is refused`, async () => {
    await using evil = await startEvilProvider()
    evil.say.discovery = { ...evil.say.discovery, ...says(evil) }
    await assert.rejects(providerAt(evil).metadata(), expected)
  })
}

test('RP-46 an endpoint on another host is used when settings name it', async () => {
  await using evil = await startEvilProvider()
  evil.say.discovery['token_endpoint'] = 'https://stolen.example/t'
  const provider = providerAt(evil, { token_endpoint: 'https://oauth2.example/t' })
  assert.equal((await provider.metadata()).tokenEndpoint, 'https://oauth2.example/t')
})

test('RP-86 a discovery document that redirects is not followed', async () => {
  await using evil = await startEvilProvider()
  evil.say.answer = (_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
    return true
  }
  await assert.rejects(providerAt(evil).metadata(), /redirect/)
})

test('RP-88 RP-03 metadata that offers only plain, none and implicit changes nothing', async () => {
  await using world = await openIdentity()
  Object.assign(world.evil.say.discovery, {
    code_challenge_methods_supported: ['plain'],
    id_token_signing_alg_values_supported: ['none'],
    response_types_supported: ['token id_token'],
  })
  const answer = await world.person().get('/auth/web/login?provider=evil')
  const asked = new URL(answer.headers.get('location') ?? '').searchParams
  assert.deepEqual(
    [asked.get('response_type'), asked.get('code_challenge_method')],
    ['code', 'S256'],
  )
})

test('RP-87 FI-23 a provider that is down: 503 with Retry-After, and present sessions go on', async () => {
  await using world = await openIdentity()
  const ana = world.person()
  await signInAt(ana)
  world.evil.say.answer = (request) => {
    request.socket.destroy()
    return true
  }
  const answer = await ana.get('/auth/web/login?provider=evil')
  assert.equal(answer.status, 503)
  assert.ok(Number(answer.headers.get('retry-after')) > 0)
  assert.equal((await ana.get('/auth/web/me')).body['authenticated'], true)
  world.evil.say.answer = () => false
  world.clock.advance(5_000)
  assert.equal((await ana.get('/auth/web/login?provider=evil')).status, 302)
})

const SETTINGS: readonly (readonly [string, object, boolean])[] = [
  ['https', { issuer: 'https://idp.example/realms/a' }, true],
  ['https with a trailing slash', { issuer: 'https://tenant.example/' }, true],
  ['http on loopback', { issuer: 'http://localhost:8080/realms/a' }, true],
  ['RP-84 http elsewhere', { issuer: 'http://idp.example' }, false],
  ['RP-84 a user name', { issuer: 'https://a@idp.example' }, false],
  ['a query', { issuer: 'https://idp.example?x=1' }, false],
  ['no openid scope', { issuer: 'https://idp.example', scopes: ['email'] }, false],
  ['an unknown key', { issuer: 'https://idp.example', verify: false }, false],
  [
    'RP-66 a symmetric algorithm',
    { issuer: 'https://idp.example', id_token_algorithms: ['HS256'] },
    false,
  ],
]
for (const [title, own, accepted] of SETTINGS) {
  test(`provider settings: ${title} → ${accepted ? 'accepted' : 'refused'}`, () => {
    assert.equal(oidcSettings.safeParse({ providers: { one: own } }).success, accepted)
  })
}
