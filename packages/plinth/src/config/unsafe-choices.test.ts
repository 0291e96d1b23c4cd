import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromDefault, type Source } from './source.ts'
import { type RunningFacts, unsafeChoices } from './unsafe-choices.ts'

const base = {
  app: {
    environment: 'production',
    host: '0.0.0.0',
    base_url: 'https://api.test',
    session_max_age: 3600,
    cors: { origins: ['https://app.test'] },
    session_cookie: { same_site: 'lax' },
  },
  http: { docs: 'auto' },
  logging: { level: 'info' },
}
const fromDotenv: Source = {
  kind: 'variable',
  place: '.env:1',
  variables: [{ name: 'X', value: 'x', origin: 'dotenv', place: '.env:1' }],
}

interface Case {
  readonly setting: string
  readonly config?: object
  readonly sources?: readonly [string, Source][]
  readonly facts?: RunningFacts
}

const app = (more: object) => ({ ...base, app: { ...base.app, ...more } })

const table: readonly Case[] = [
  {
    setting: 'app.session_cookie.same_site',
    config: app({ session_cookie: { same_site: 'none' } }),
  },
  { setting: 'app.base_url', config: app({ base_url: 'http://localhost:8000' }) },
  { setting: 'app.cors.origins', config: app({ cors: { origins: ['http://app.test'] } }) },
  { setting: 'app.session_max_age', config: app({ session_max_age: 86_401 }) },
  { setting: 'app.host', config: app({ environment: 'development' }) },
  {
    setting: 'app.session_signing_secret',
    sources: [['app.csrf_signing_secret', fromDotenv]],
  },
  { setting: 'http.docs', config: { ...base, http: { docs: 'on' } } },
  { setting: 'logging.level', config: { ...base, logging: { level: 'debug' } } },
  { setting: 'rate_limiter.enabled', config: { ...base, rate_limiter: { enabled: false } } },
  {
    setting: 'tenancy.member_permissions',
    config: { ...base, tenancy: { member_permissions: ['product:read', '*'] } },
  },
  { setting: 'database.url', facts: { databaseRoleOwnsTables: true } },
]

for (const { setting, config = base, sources = [], facts = {} } of table) {
  test(`unsafe choice ${setting} announces itself`, () => {
    const [choice, ...others] = unsafeChoices(config, new Map(sources), facts)
    assert.equal(choice?.setting, setting)
    assert.match(choice?.consequence ?? '', /^[A-Z].*\.$/)
    assert.deepEqual(others, [])
  })
}

test('a careful configuration makes no unsafe choice', () => {
  assert.deepEqual(unsafeChoices(base, new Map([['app.session_signing_secret', fromDefault]])), [])
})

for (const host of ['localhost', '127.0.0.1', '::1']) {
  test(`a development service on ${host} is reached from this machine only`, () => {
    assert.deepEqual(unsafeChoices(app({ environment: 'development', host }), new Map()), [])
  })
}
