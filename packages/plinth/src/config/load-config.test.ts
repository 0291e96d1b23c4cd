import assert from 'node:assert/strict'
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { Secret } from '../kernel/index.ts'
import { appSettings } from './app.settings.ts'
import { platformNames } from './environment-names.ts'
import { faultLine, noticeLine } from './fault.ts'
import type { LoadOptions } from './load-config.ts'
import { loadConfig } from './load-config.ts'
import { sourceOf, sourceText } from './source.ts'

const SESSION = 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA'
const CSRF = 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss'
const KEYS = { SESSION_SIGNING_SECRET: SESSION, CSRF_SIGNING_SECRET: CSRF }

const schema = z.strictObject({
  app: appSettings,
  database: z.strictObject({ url: z.string().default('postgres:///app') }),
  oidc: z.strictObject({
    providers: z
      .record(z.string(), z.strictObject({ issuer: z.string(), client_id: z.string().optional() }))
      .default({}),
    global_redirect_uri: z.string().optional(),
  }),
  note: z.string().optional(),
  file: z.string().nullable().default('app.log'),
  names: z.array(z.string()).default([]),
})

type Given = Partial<LoadOptions<typeof schema>> & { files?: Record<string, string> }

async function load({ files = {}, env = {}, ...more }: Given) {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-config-'))
  for (const [path, text] of Object.entries({ 'config.yaml': 'config:\n', ...files })) {
    await mkdir(dirname(join(folder.path, path)), { recursive: true })
    await writeFile(join(folder.path, path), text)
  }
  const options = { schema, names: platformNames, cwd: folder.path, ...more }
  return await loadConfig({ ...options, env: { ...KEYS, ...env } })
}

async function loaded(given: Given) {
  const result = await load(given)
  assert.ok(result.ok, result.ok ? '' : result.faults.map(faultLine).join('\n'))
  const source = (key: string) => sourceText(sourceOf(result.sources, key))
  return { ...result, source, notices: result.notices.map(noticeLine) }
}

async function refusals(given: Given): Promise<readonly string[]> {
  const result = await load(given)
  assert.ok(!result.ok, 'was not refused')
  return result.faults.map(faultLine)
}

test('defaults of contract 3.2 hold when nothing but the secrets is given', async () => {
  const { config, source } = await loaded({})
  const { environment, host, port, base_url, session_max_age, post_login_default, cors } =
    config.app
  assert.deepEqual(
    { environment, host, port, base_url, session_max_age, post_login_default },
    {
      environment: 'development',
      host: 'localhost',
      port: 8000,
      base_url: 'http://localhost:8000',
      session_max_age: 3600,
      post_login_default: '/',
    },
  )
  assert.deepEqual(cors.origins, ['http://localhost:3000'])
  assert.ok(cors.methods.includes('PATCH'))
  assert.equal(source('app.port'), 'default')
})

test('the configuration is frozen to its depth', async () => {
  const { config } = await loaded({})
  assert.ok(Object.isFrozen(config) && Object.isFrozen(config.app.cors.origins))
})

test('values are text, numbers, booleans and lists as the schema wants them', async () => {
  const yaml = `config:
  app:
    port: \${PORT_IN_FILE:-8123}
    trusted_proxies: 10.0.0.0/8, 192.0.2.7
    cors: { allow_credentials: "no", methods: [GET, "POST"] }
  note: 0123
  names: '["a,b", "c"]'
`
  const { config, source } = await loaded({ files: { 'config.yaml': yaml } })
  assert.equal(config.app.port, 8123)
  assert.deepEqual(config.app.trusted_proxies, ['10.0.0.0/8', '192.0.2.7'])
  assert.equal(config.app.cors.allow_credentials, false)
  assert.deepEqual(config.app.cors.methods, ['GET', 'POST'])
  assert.equal(config.note, '0123')
  assert.deepEqual(config.names, ['a,b', 'c'])
  assert.equal(source('app.port'), 'config.yaml:3')
})

test('shell wins over .env.<environment>, that over .env, that over config.yaml', async () => {
  const files = {
    'config.yaml': 'config:\n  app:\n    port: 1\n    session_max_age: 100\n    host: file\n',
    '.env': 'APP_PORT=2\nSESSION_MAX_AGE=200\nAPP_HOST=dotenv\n',
    '.env.test': 'SESSION_MAX_AGE=300\nAPP_HOST=own\n',
    '.env.production': 'APP_PORT=9\n',
  }
  const { config, source } = await loaded({
    files,
    env: { APP_HOST: 'shell', ENVIRONMENT: 'testing' },
  })
  const { port, session_max_age, host, environment } = config.app
  assert.deepEqual([port, session_max_age, host, environment], [2, 300, 'shell', 'test'])
  assert.equal(source('app.port'), 'APP_PORT from .env:1')
  assert.equal(source('app.session_max_age'), 'SESSION_MAX_AGE from .env.test:1')
  assert.equal(source('app.host'), 'APP_HOST from environment')
})

test('a variable inside the file names both places', async () => {
  const files = { 'config.yaml': 'config:\n  note: <${WHO}>\n', '.env': '\nWHO=me\n' }
  const { config, source } = await loaded({ files })
  assert.equal(config.note, '<me>')
  assert.equal(source('note'), 'config.yaml:2 (WHO from .env:2)')
})

test('PRODUCTION_X stands for X in production only, and wins', async () => {
  const env = { APP_PORT: '1', TEST_APP_PORT: '2', DEVELOPMENT_APP_PORT: '3' }
  assert.equal((await loaded({ env: { ...env, ENVIRONMENT: 'test' } })).config.app.port, 2)
  const { config, source } = await loaded({ env })
  assert.equal(config.app.port, 3)
  assert.equal(source('app.port'), 'DEVELOPMENT_APP_PORT from environment')
})

test('the caller may ask for an environment', async () => {
  const files = { '.env': 'APP_ENVIRONMENT=development\n', '.env.production': 'APP_PORT=7\n' }
  const { config, environment } = await loaded({ files, profile: 'production' })
  assert.deepEqual(
    [config.app.environment, environment, config.app.port],
    ['production', 'production', 7],
  )
})

test('the file may name the environment through a variable of .env', async () => {
  const files = {
    'config.yaml': 'config:\n  app:\n    environment: ${STAGE:-development}\n',
    '.env': 'STAGE=testing\n',
    '.env.test': 'APP_PORT=5\n',
  }
  const { config, source } = await loaded({ files })
  assert.deepEqual([config.app.environment, config.app.port], ['test', 5])
  assert.equal(source('app.environment'), 'config.yaml:3 (STAGE from .env:1)')
})

test('secret files: folder, NAME_FILE, and no line breaks around them', async () => {
  const files = {
    'infra/secrets/keys/app_host.txt': 'from-folder\n',
    'infra/secrets/keys/base-url.txt': 'https://folder.test\n',
    'mine/port': '\r\n77\n',
  }
  const env = { APP_PORT_FILE: 'mine/port', BASE_URL: 'https://shell.test' }
  const { config, source } = await loaded({ files, env })
  assert.deepEqual([config.app.host, config.app.port], ['from-folder', 77])
  assert.equal(config.app.base_url, 'https://shell.test')
  assert.equal(source('app.port'), 'APP_PORT from mine/port')
})

test('SECRETS_KEYS_DIR replaces the usual folder', async () => {
  const files = { 'infra/secrets/keys/app_host.txt': 'usual', 'other/app_host.txt': 'other' }
  const { config } = await loaded({ files, env: { SECRETS_KEYS_DIR: 'other' } })
  assert.equal(config.app.host, 'other')
})

test('secret files are refused over 32 KiB, when missing, when not text, when given twice', async () => {
  const files = { big: 'x'.repeat(32 * 1024 + 1), small: 'x' }
  const big = await refusals({ files, env: { APP_HOST_FILE: 'big' } })
  assert.match(big[0] ?? '', /^big: is larger than 32 KiB → /)
  const missing = await refusals({ env: { APP_HOST_FILE: 'gone' } })
  assert.match(missing[0] ?? '', /^gone: the secret file for APP_HOST is not there → /)
  const twice = await refusals({ files, env: { APP_HOST_FILE: 'small', APP_HOST: 'y' } })
  assert.match(twice[0] ?? '', /APP_HOST and APP_HOST_FILE are both set/)
  const folder = await refusals({ env: { SECRETS_KEYS_DIR: 'nowhere' } })
  assert.match(folder[0] ?? '', /SECRETS_KEYS_DIR names the folder "nowhere"/)
})

test('C3 an optional entry that is empty or unset is dropped', async () => {
  const yaml = `config:
  oidc:
    providers:
      google: { issuer: "https://accounts.google.com", client_id: "\${OIDC_GOOGLE_CLIENT_ID}" }
  note: \${EMPTY}
  names: [ "\${JWT_AUDIENCE_SECONDARY}", one, "\${EMPTY}" ]
  app:
`
  const env = { EMPTY: '', APP_PORT: '' }
  const { config } = await loaded({ files: { 'config.yaml': yaml }, env })
  assert.deepEqual(config.oidc.providers['google'], { issuer: 'https://accounts.google.com' })
  assert.deepEqual([config.note, config.names, config.app.port], [undefined, ['one'], 8000])
})

test('S0 a client id alone is enough for a provider whose issuer is known', async () => {
  const env = { OIDC_GOOGLE_CLIENT_ID: 'me', OIDC_KEYCLOAK_CLIENT_ID: 'app' }
  const yaml = 'config:\n  oidc:\n    providers:\n      keycloak: { issuer: "https://id.test" }\n'
  const { config, source } = await loaded({ env, files: { 'config.yaml': yaml } })
  assert.deepEqual(config.oidc.providers, {
    google: { issuer: 'https://accounts.google.com', client_id: 'me' },
    keycloak: { issuer: 'https://id.test', client_id: 'app' },
  })
  assert.equal(source('oidc.providers.google.issuer'), 'OIDC_GOOGLE_CLIENT_ID from environment')
})

test('null is kept where a setting takes it', async () => {
  const { config } = await loaded({ files: { 'config.yaml': 'config:\n  file: null\n' } })
  assert.equal(config.file, null)
})

test('D14 C1 ENVIRONMENT and APP_ENVIRONMENT must agree; testing is test (C20)', async () => {
  const agreed = await loaded({ env: { ENVIRONMENT: 'testing', APP_ENVIRONMENT: 'test' } })
  assert.equal(agreed.environment, 'test')
  const [line] = await refusals({
    env: { ENVIRONMENT: 'production', APP_ENVIRONMENT: 'development' },
  })
  assert.match(line ?? '', /APP_ENVIRONMENT says "development" and ENVIRONMENT says "production"/)
})

test('D14 C17 TRUSTED_PROXIES and TRUSTED_PROXY_CIDRS are one setting', async () => {
  const { config } = await loaded({ env: { TRUSTED_PROXY_CIDRS: '10.0.0.0/8' } })
  assert.deepEqual(config.app.trusted_proxies, ['10.0.0.0/8'])
  const env = { TRUSTED_PROXIES: '10.0.0.1', TRUSTED_PROXY_CIDRS: '10.0.0.2' }
  assert.match((await refusals({ env }))[0] ?? '', /mean the same setting and differ/)
})

test('D14 C2 TEMPORAL_URL and TEMPORAL_ADDRESS must agree', async () => {
  const env = { TEMPORAL_URL: 'a:7233', TEMPORAL_ADDRESS: 'b:7233' }
  assert.match((await refusals({ env }))[0] ?? '', /mean the same setting and differ/)
})

test('D14 C24 SESSION_JWT_SECRET is read and announced as old', async () => {
  const env = { SESSION_SIGNING_SECRET: undefined, SESSION_JWT_SECRET: SESSION }
  const { config, notices } = await loaded({ env })
  assert.equal(config.app.session_signing_secret.reveal(), SESSION)
  assert.deepEqual(notices, [
    'environment: SESSION_JWT_SECRET is now called SESSION_SIGNING_SECRET',
  ])
  const lines = await refusals({ env: { SESSION_JWT_SECRET: CSRF } })
  assert.match(lines[0] ?? '', /remove SESSION_JWT_SECRET/)
  assert.ok(!lines.join().includes(CSRF))
})

test('D14 C24 the key session_jwt_secret is read under its new name', async () => {
  const env = { SESSION_SIGNING_SECRET: undefined }
  const yaml = `config:\n  app:\n    session_jwt_secret: ${SESSION}\n`
  const { config, notices } = await loaded({ files: { 'config.yaml': yaml }, env })
  assert.equal(config.app.session_signing_secret.reveal(), SESSION)
  assert.match(notices[0] ?? '', /^config.yaml:3: app.session_jwt_secret is now called/)
})

test('D14 a list under its old and its new name must agree too', async () => {
  const listed = (old: string) => ({
    'config.yaml': `config:\n  compat: [${old}]\n  app:\n    compat: [s0, s3]\n`,
  })
  assert.match(
    (await refusals({ files: listed('s0') }))[0] ?? '',
    /compat: differs from app.compat/,
  )
  const { config } = await loaded({ files: listed('s0, s3') })
  assert.deepEqual(config.app.compat, ['s0', 's3'])
})

test('a value where a block belongs is refused, also when variables set keys of that block', async () => {
  for (const [given, shown] of [
    ['3', ', not "3"'],
    ['[1]', ''],
  ]) {
    const files = { 'config.yaml': `config:\n  app: ${given}\n` }
    const [line] = await refusals({ files, env: { APP_PORT: '9000' } })
    const see = 'see: plinth config explain app'
    assert.equal(line, `config.yaml:2 app: must be a block of keys${shown} → ${see}`)
  }
})

test('S1 CLIENT_ORIGINS wins over CLIENT_ORIGIN and says so', async () => {
  const env = { CLIENT_ORIGINS: 'https://a.test,https://b.test/', CLIENT_ORIGIN: 'https://c.test' }
  const { config, notices } = await loaded({ env })
  assert.deepEqual(config.app.cors.origins, ['https://a.test', 'https://b.test'])
  assert.match(notices[0] ?? '', /CLIENT_ORIGIN is set, but CLIENT_ORIGINS is set too and wins/)
})

test('a name that looks like a slip gets a notice, others do not', async () => {
  const { notices } = await loaded({
    env: { BASE_URI: 'x', PATH: '/bin', HOME: '/', SESION_MAX_AGE: '1', APP_PROT: '1' },
  })
  assert.deepEqual(notices, [
    'environment: BASE_URI is not a name this service knows; did you mean BASE_URL?',
    'environment: SESION_MAX_AGE is not a name this service knows; did you mean SESSION_MAX_AGE?',
    'environment: APP_PROT is not a name this service knows; did you mean APP_PORT?',
  ])
})

test('values given in code win over everything', async () => {
  const { config, source } = await loaded({
    env: { APP_PORT: '1' },
    values: { 'app.port': 0, 'app.cors.origins': ['https://x.test'] },
  })
  assert.deepEqual([config.app.port, config.app.cors.origins], [0, ['https://x.test']])
  assert.equal(source('app.port'), 'code')
})

test('no file is needed when the caller says so', async () => {
  const { config } = await loaded({ file: null })
  assert.equal(config.app.port, 8000)
})

test('a secret reference is fetched, and refused when it cannot be', async () => {
  const env = { SESSION_SIGNING_SECRET: 'openbao://secret/data/app#key' }
  const { config } = await loaded({ env, resolveSecret: async () => SESSION })
  assert.equal(config.app.session_signing_secret.reveal(), SESSION)
  const lines = await refusals({ env })
  assert.equal(lines.length, 1)
  assert.match(
    lines[0] ?? '',
    /is a secret reference that cannot be resolved \(this service has no secret store\)/,
  )
})

test('HI-14 __proto__, constructor and prototype are refused as keys and change nothing', async () => {
  for (const key of ['__proto__', 'constructor', 'prototype']) {
    const yaml = `config:\n  ${key}: { x: polluted }\n  oidc:\n    providers:\n      ${key}: { issuer: y }\n`
    const lines = await refusals({ files: { 'config.yaml': yaml } })
    assert.deepEqual(
      lines.map((line) => line.split(' → ')[0]),
      [2, 5].map((line) => `config.yaml:${line}: "${key}" is not allowed as a key`),
    )
  }
  await loaded({ env: { __proto__: 'x', constructor: 'y' }, files: { '.env': '__proto__=z\n' } })
  assert.equal(Reflect.get({}, 'x'), undefined)
})

test('HI-11 deep nesting is refused, not a stack overflow', async () => {
  for (const depth of [40, 20_000]) {
    const yaml = `config: { note: ${'['.repeat(depth)}${']'.repeat(depth)} }\n`
    const [line] = await refusals({ files: { 'config.yaml': yaml } })
    assert.match(line ?? '', /nests deeper than 32 levels → flatten this block$/)
  }
})

test('B24 any variable arrives unchanged through config.yaml', async () => {
  const yaml = 'config:\n  note: ${VALUE}\n'
  const values = fc.string({ unit: 'binary', minLength: 1 })
  await fc.assert(
    fc.asyncProperty(values, async (value) => {
      const { config } = await loaded({ files: { 'config.yaml': yaml }, env: { VALUE: value } })
      assert.equal(config.note, value)
    }),
    { numRuns: 50, examples: [['a#b: "c"\n${d}\' - e']] },
  )
})

test('a secret is a Secret and never prints', async () => {
  const { config } = await loaded({})
  assert.ok(config.app.session_signing_secret instanceof Secret)
  assert.ok(!JSON.stringify(config).includes(SESSION))
})
