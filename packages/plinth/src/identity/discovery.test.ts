import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import type { Log } from '../feature/index.ts'
import type { Clock } from '../kernel/index.ts'
import { systemClock } from '../kernel/index.ts'
import { createOutbound, outboundSettings } from '../outbound/index.ts'
import type { EvilProvider } from '../testing/evil-provider/index.ts'
import { startEvilProvider } from '../testing/evil-provider/index.ts'
import { createTestClock } from '../testing/test-clock.ts'
import { oidcSettings } from './index.ts'
import { providerReadiness } from './oidc/provider-readiness.ts'
import { createProviders } from './oidc/providers.ts'

/** What is around a provider. */
interface Around {
  readonly clock?: Clock
  readonly log?: Log
  /** More of `oidc.providers`. */
  readonly others?: object
}

const silent = { info() {}, warn() {}, error() {} }

function providerAt(
  evil: EvilProvider,
  more: object = {},
  { clock = systemClock, log = silent, others = {} }: Around = {},
) {
  const settings = oidcSettings.parse({
    default_provider: 'evil',
    providers: { evil: { client_id: 'c', issuer: evil.issuer, ...more }, ...others },
  })
  const outbound = createOutbound({
    settings: outboundSettings.parse({ timeout_ms: 30_000 }),
    clock,
    log: silent,
  })
  const deps = { settings, outbound, clock, production: false, log }
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
  const readiness = providerReadiness(providerAt(evil, {}, { clock }), silent, 20)
  assert.equal(readiness.name, 'oidc.evil')
  await readiness.open?.()
  await assert.rejects(async () => readiness.check?.())
  evil.say.answer = answer
  clock.advance(60_000)
  while (!evil.heard.some(({ path }) => path === '/jwks')) await setTimeout(5)
  await readiness.check?.()
  await readiness.close?.()
})

test('RP-46 an endpoint on another host is used when settings name it', async () => {
  await using evil = await startEvilProvider()
  evil.say.discovery['token_endpoint'] = 'https://stolen.example/t'
  const provider = providerAt(evil, { token_endpoint: 'https://oauth2.example/t' })
  assert.equal((await provider.metadata()).tokenEndpoint, 'https://oauth2.example/t')
})

test('RP-27 among several providers one that neither names itself nor has its own callback is warned of, once', async () => {
  await using evil = await startEvilProvider()
  const clock = createTestClock()
  const warnings = async (promises: boolean, more: object, others: object) => {
    evil.say.discovery['authorization_response_iss_parameter_supported'] = promises
    const heard: string[] = []
    const provider = providerAt(evil, more, {
      ...{ clock, others },
      log: { ...silent, warn: (_: object, message = '') => void heard.push(message) },
    })
    for (let hour = 0; hour < 3; hour += 1) {
      await provider.metadata()
      clock.advance(3_700_000)
    }
    return heard.map((text) => /oidc\.providers\.\w+\.own_callback/.exec(text)?.[0])
  }
  const second = { second: { client_id: 'c', issuer: 'https://second.example' } }
  const off = { off: { issuer: 'https://second.example' } }
  const key = 'oidc.providers.evil.own_callback'
  assert.deepEqual(await warnings(false, {}, second), [key])
  assert.deepEqual(await warnings(true, {}, second), [])
  assert.deepEqual(await warnings(false, { own_callback: true }, second), [])
  assert.deepEqual(await warnings(false, {}, off), [])
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
