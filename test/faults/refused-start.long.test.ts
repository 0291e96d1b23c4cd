import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { templateWorld } from './browser-headers.ts'
import type { CopiedTemplate } from './copied-template.ts'
import { copyTemplate, type Ended } from './copied-template.ts'

const SECRETS = {
  SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
}
const DATABASE_PASSWORD = 'pw-that-must-not-be-printed'
const GOOD = {
  ...SECRETS,
  DATABASE_URL: `postgresql://app:${DATABASE_PASSWORD}@127.0.0.1:1/none`,
}
const PRODUCTION = {
  ...GOOD,
  APP_ENVIRONMENT: 'production',
  BASE_URL: 'https://service.example',
  METRICS_TOKEN: 'Qm4Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cB',
  OIDC_KEYCLOAK_ISSUER: 'https://id.example/realms/a',
  OIDC_KEYCLOAK_CLIENT_ID: 'service',
  OIDC_KEYCLOAK_CLIENT_SECRET: 'Vn6Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cC',
}
const WEAK = 'a'.repeat(40)

interface Case {
  readonly title: string
  readonly env: Readonly<Record<string, string>>
  readonly names: RegExp
  readonly edit?: readonly [string, string]
}

const without = (name: keyof typeof GOOD) => ({ ...GOOD, [name]: '' })

const cases: readonly Case[] = [
  { title: 'no database', env: without('DATABASE_URL'), names: /database\.url/ },
  {
    title: 'no session secret',
    env: without('SESSION_SIGNING_SECRET'),
    names: /app\.session_signing_secret/,
  },
  {
    title: 'no CSRF secret',
    env: without('CSRF_SIGNING_SECRET'),
    names: /app\.csrf_signing_secret/,
  },
  {
    title: 'a placeholder secret',
    env: { ...GOOD, SESSION_SIGNING_SECRET: 'change-me-change-me-change-me-change-me' },
    names: /app\.session_signing_secret/,
  },
  {
    title: 'a weak secret',
    env: { ...GOOD, CSRF_SIGNING_SECRET: WEAK },
    names: /app\.csrf_signing_secret/,
  },
  {
    title: 'one secret for two purposes',
    env: { ...GOOD, CSRF_SIGNING_SECRET: GOOD.SESSION_SIGNING_SECRET },
    names: /app\.csrf_signing_secret/,
  },
  {
    title: 'a database URL that is none',
    env: { ...GOOD, DATABASE_URL: `mysql://app:${DATABASE_PASSWORD}@host/none` },
    names: /database\.url/,
  },
  {
    title: 'an unknown key',
    env: GOOD,
    names: /app\.base_ulr.*base_url/,
    edit: ['base_url:', 'base_ulr:'],
  },
  {
    title: 'an http issuer in production',
    env: { ...PRODUCTION, OIDC_KEYCLOAK_ISSUER: 'http://id.example/realms/a' },
    names: /oidc\.providers\.keycloak\.issuer/,
  },
  {
    title: 'http in production',
    env: { ...PRODUCTION, BASE_URL: 'http://service.example' },
    names: /app\.base_url/,
  },
  {
    title: '* CORS',
    env: GOOD,
    names: /app\.cors\.origins/,
    edit: ['    # Two different', '    cors: { origins: ["*"] }\n    # Two different'],
  },
  {
    title: 'no token for metrics in production',
    env: { ...PRODUCTION, METRICS_TOKEN: '' },
    names: /telemetry\.metrics_token/,
  },
  {
    title: 'the owner’s URL in production',
    env: { ...PRODUCTION, DATABASE_OWNER_URL: GOOD.DATABASE_URL },
    names: /database\.owner_url/,
  },
]

let template: CopiedTemplate
let world: World
before(async () => {
  world = await templateWorld()
  template = await copyTemplate()
  await template.run({}) // the first run compiles what a published package brings compiled
})
after(async () => {
  await template[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

/** Secrets of the whole table: whatever a case is about, none of them may be printed. */
function printed(output: string): string[] {
  const values = [...Object.values(SECRETS), DATABASE_PASSWORD, WEAK]
  return [...values, PRODUCTION.METRICS_TOKEN, PRODUCTION.OIDC_KEYCLOAK_CLIENT_SECRET].filter(
    (secret) => output.includes(secret),
  )
}

/** Two seconds are promised. */
const MOST_MS = 2_000
const quickest = (runs: readonly Ended[]) => Math.min(...runs.map(({ processorMs }) => processorMs))

for (const { title, env, names, edit } of cases) {
  test(`FI-52 ${title}: exit code 2 at once, the key is named, no secret is printed`, async () => {
    const [from, to] = edit ?? ['', '']
    await template.edit(from, to)
    const runs = [await template.run(env)]
    // Other tests use the processor too: a start that is slow by itself is slow each time.
    while (runs.length < 4 && quickest(runs) >= MOST_MS) runs.push(await template.run(env))
    await template.edit(to, from)
    const [{ code, output } = assert.fail('it did not run')] = runs
    assert.equal(code, 2, output)
    assert.match(output, names)
    assert.deepEqual(printed(output), [])
    assert.ok(!/\bat .*\.ts:/.test(output), output)
    assert.ok(quickest(runs) < MOST_MS, `${quickest(runs)} ms`)
  })
}

test('FI-52 TN-39 a superuser’s URL: exit code 2, naming plinth db setup', async () => {
  const url = world.testDatabase.adminUrl
  const { code, output } = await template.run({ ...GOOD, DATABASE_URL: url })
  assert.equal(code, 2, output)
  assert.match(output, /database\.url: role ".*" is a superuser.*plinth db setup --admin-url/)
  const { password } = new URL(url)
  assert.ok(password === '' || !output.includes(password))
})

test('FI-52 a port that is taken: exit code 2, naming the setting', async () => {
  const { port } = new URL(world.url)
  const env = { ...GOOD, DATABASE_URL: world.testDatabase.appUrl, APP_HOST: '127.0.0.1' }
  const { code, output } = await template.run({ ...env, APP_PORT: port })
  assert.equal(code, 2, output)
  assert.match(output, /app\.port: \d+ is taken on 127\.0\.0\.1 → set APP_PORT/)
})

for (const [host, sentence] of [
  ['203.0.113.7', /app\.host: 203\.0\.113\.7 is no address of this machine → set APP_HOST/],
  ['no-such-host.invalid', /app\.host: no address is known for the name "no-such-host\.invalid"/],
] as const) {
  test(`FI-52 ${host} cannot be listened on: exit code 2, naming the setting`, async () => {
    const env = { ...GOOD, DATABASE_URL: world.testDatabase.appUrl, APP_HOST: host }
    const { code, output } = await template.run(env)
    assert.equal(code, 2, output)
    assert.match(output, sentence)
  })
}
