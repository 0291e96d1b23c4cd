import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { Secret } from '../kernel/index.ts'
import { appSettings } from './app.settings.ts'
import { renderConfigurationDocs } from './configuration-docs.ts'
import { describeSettings } from './describe-settings.ts'
import { platformNames } from './environment-names.ts'
import { explainSettings } from './explain.ts'
import { loadConfig } from './load-config.ts'

const schema = z.strictObject({
  app: appSettings,
  database: z.strictObject({ url: z.string().describe('Where the data is.') }),
  oidc: z.strictObject({
    providers: z
      .record(z.string(), z.strictObject({ issuer: z.string().describe('Issuer | exact.') }))
      .default({}),
  }),
  telemetry: z.strictObject({
    metrics_token: z.string().optional().describe('Token of /metrics.'),
  }),
})
const rows = describeSettings(schema, platformNames)
const row = (key: string) => rows.find((candidate) => candidate.key === key)

const env = {
  SESSION_SIGNING_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
  DATABASE_URL: 'postgres://app:p@ss/w:rd@db:5432/app?password=hunter2&x=1',
  OIDC_KEYCLOAK_ISSUER: 'https://id.test',
  METRICS_TOKEN: 'sixteen-characters',
}

async function explained(key?: string) {
  const loaded = await loadConfig({
    schema,
    names: platformNames,
    cwd: import.meta.dirname,
    file: null,
    env,
  })
  assert.ok(loaded.ok)
  return explainSettings({ schema, rows, ...loaded }, key)
}

test('every setting of this room is described', () => {
  for (const { key, description } of rows) assert.match(description, /\.$/, key)
})

test('a row tells type, default, variables and whether it is secret', () => {
  assert.deepEqual(row('app.port'), {
    key: 'app.port',
    type: 'a whole number from 0 to 65535',
    required: false,
    fallback: '8000',
    variables: ['APP_PORT'],
    description: 'TCP port; 0 takes any free one.',
    secret: false,
  })
  assert.equal(row('app.session_signing_secret')?.secret, true)
  assert.deepEqual(row('app.session_signing_secret')?.variables, [
    'SESSION_SIGNING_SECRET',
    'SESSION_JWT_SECRET',
  ])
  assert.deepEqual(row('oidc.providers.<name>.issuer')?.variables, ['OIDC_KEYCLOAK_ISSUER'])
})

test('explain shows value and source of one key', async () => {
  const [port] = await explained('app.port')
  assert.deepEqual([port?.value, port?.source], [8000, 'default'])
  const [issuer] = await explained('oidc.providers.keycloak.issuer')
  assert.deepEqual(
    [issuer?.value, issuer?.source, issuer?.description],
    ['https://id.test', 'OIDC_KEYCLOAK_ISSUER from environment', 'Issuer | exact.'],
  )
})

test('explain shows all keys of a block', async () => {
  const keys = (await explained('app.cors')).map(({ key }) => key)
  const expected = ['origins', 'allow_credentials', 'methods', 'headers'].map(
    (key) => `app.cors.${key}`,
  )
  assert.deepEqual(keys, expected)
})

test('explain prints no secret and no password of a URL', async () => {
  const text = JSON.stringify(await explained())
  for (const secret of [
    env.SESSION_SIGNING_SECRET,
    env.CSRF_SIGNING_SECRET,
    'p@ss',
    'hunter2',
    env.METRICS_TOKEN,
  ]) {
    assert.ok(!text.includes(secret), secret)
  }
  assert.ok(text.includes('postgres://app:***@db:5432/app?password=***&x=1'))
})

test('a null default is told, and a name that sounds secret hides no boolean', async () => {
  const block = z.strictObject({ host: z.string().nullable().default(null) })
  assert.equal(describeSettings(block, platformNames)[0]?.fallback, 'null')
  const [credentials] = await explained('app.cors.allow_credentials')
  assert.equal(credentials?.value, true)
})

test('explain tells the meaning of a key although the configuration was refused', () => {
  const refused = { schema, rows, config: undefined, sources: new Map() }
  const [port] = explainSettings(refused, 'app.port')
  assert.deepEqual([port?.value, port?.source, port?.default], [undefined, 'not loaded', '8000'])
  const [issuer] = explainSettings(refused, 'oidc.providers.any.issuer')
  assert.equal(issuer?.key, 'oidc.providers.<name>.issuer')
  assert.equal(explainSettings(refused, 'oidc.providers.any')[0]?.key, issuer?.key)
  assert.deepEqual(explainSettings(refused, 'app.nothing'), [])
})

test('a Secret in an unmarked setting is hidden as well', () => {
  const open = z.strictObject({ thing: z.string().transform((text) => new Secret(text)) })
  const config = { thing: new Secret('kq3Zr8Wv1x') }
  const of = {
    schema: open,
    rows: describeSettings(open, platformNames),
    config,
    sources: new Map(),
  }
  assert.equal(explainSettings(of)[0]?.value, '[secret]')
})

test('the page of all settings has a table for each block and a row for each key', () => {
  const page = renderConfigurationDocs(rows, platformNames)
  for (const { key } of rows) assert.ok(page.includes(`| \`${key}\` |`), key)
  for (const block of ['app', 'database', 'oidc', 'telemetry'])
    assert.ok(page.includes(`\n## ${block}\n`))
  assert.ok(page.includes('| `app.port` | a whole number from 0 to 65535 | `8000` | `APP_PORT` |'))
  assert.ok(page.includes('Issuer \\| exact.'))
  assert.ok(page.includes('| `STORAGE_BACKEND` | this version does not store files |'))
})
