import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { z } from 'zod'
import { loggingSettings, telemetrySettings } from '../telemetry/index.ts'
import { appSettings } from './app.settings.ts'
import { platformNames } from './environment-names.ts'
import { faultLine } from './fault.ts'
import { loadConfig } from './load-config.ts'
import { serviceRules } from './production-rules.ts'
import { credential, httpUrl } from './setting.ts'

const isLong = (text: string | undefined): text is string => (text?.length ?? 0) > 30
const SESSION = 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA'
const CSRF = 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss'
const KEYS = { SESSION_SIGNING_SECRET: SESSION, CSRF_SIGNING_SECRET: CSRF }
const METRICS_TOKEN = 'm4Kd8Qz1Vn6Xc3Bf9Ls2'
const PRODUCTION = { ENVIRONMENT: 'production', BASE_URL: 'https://api.test', METRICS_TOKEN }
const GENERATE = 'openssl rand -base64 32'

const provider = z.strictObject({
  issuer: httpUrl(),
  client_id: z.string().optional(),
  client_secret: credential().optional(),
  dev_only: z.boolean().default(false),
})

const schema = z.strictObject({
  app: appSettings,
  database: z.strictObject({ url: z.string().optional(), owner_url: z.string().optional() }),
  telemetry: telemetrySettings.prefault({}),
  logging: loggingSettings.prefault({}),
  http: z
    .strictObject({
      headers_timeout_ms: z.int().default(10_000),
      request_timeout_ms: z.int().default(30_000),
    })
    .prefault({}),
  oidc: z.strictObject({ providers: z.record(z.string(), provider).default({}) }),
  tenancy: z.strictObject({
    strategies: z.array(z.string()).default([]),
    base_domain: z.string().optional(),
  }),
  notify: z.strictObject({ sms: z.strictObject({ adapter: z.string().default('off') }) }).prefault({
    sms: {},
  }),
})

interface Case {
  readonly title: string
  readonly yaml?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly dotenv?: string
  readonly lines: readonly string[]
}

const app = (...lines: readonly string[]) =>
  `  app:\n${lines.map((line) => `    ${line}\n`).join('')}`
const keycloak = (...lines: readonly string[]) =>
  `  oidc:\n    providers:\n      keycloak:\n${lines.map((line) => `        ${line}\n`).join('')}`

const cases: readonly Case[] = [
  {
    title: 'a required secret is missing',
    env: { SESSION_SIGNING_SECRET: '' },
    lines: [
      `config.yaml app.session_signing_secret: is required and not set → set SESSION_SIGNING_SECRET, for example to the output of: ${GENERATE} (plinth dev sets it by itself)`,
    ],
  },
  {
    title: 'tenants are named by sub-domain, of no domain',
    yaml: '  tenancy:\n    strategies: [header, subdomain]\n',
    lines: [
      'default tenancy.base_domain: is not set although tenancy.strategies lists subdomain → write the domain below which tenants have their names, such as api.example.com',
    ],
  },
  {
    title: 'the database is missing',
    env: { DATABASE_URL: '' },
    lines: [
      'default database.url: is required and not set → set DATABASE_URL; on your own machine plinth dev brings a PostgreSQL',
    ],
  },
  {
    title: 'a required setting is missing',
    yaml: keycloak('client_id: app'),
    lines: [
      'config.yaml:4 oidc.providers.keycloak.issuer: is required and not set → set OIDC_KEYCLOAK_ISSUER, or write issuer: … in the block keycloak',
    ],
  },
  {
    title: 'v5.0.0-V6.3.2 a placeholder secret',
    env: { SESSION_SIGNING_SECRET: 'change-me-to-a-long-random-string!' },
    lines: [
      `environment app.session_signing_secret (SESSION_SIGNING_SECRET): is a placeholder, not a secret → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a short secret in .env',
    env: { CSRF_SIGNING_SECRET: undefined },
    dotenv: '# keys\nexport CSRF_SIGNING_SECRET=Zr8Wv1xN5tB7\n',
    lines: [
      `.env:2 app.csrf_signing_secret (CSRF_SIGNING_SECRET): has 12 characters and needs at least 32 → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a weak secret',
    env: { CSRF_SIGNING_SECRET: 'abcabcabcabcabcabcabcabcabcabcabcabc' },
    lines: [
      `environment app.csrf_signing_secret (CSRF_SIGNING_SECRET): repeats one short piece → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'the two secrets are the same',
    env: { CSRF_SIGNING_SECRET: SESSION },
    lines: [
      `environment app.csrf_signing_secret (CSRF_SIGNING_SECRET): is the same as app.session_signing_secret; who learns one key must not hold both → use a second output of: ${GENERATE}`,
    ],
  },
  {
    title: 'a placeholder client secret',
    yaml: keycloak('issuer: https://id.test', 'client_secret: your-client-secret'),
    lines: [
      'config.yaml:6 oidc.providers.keycloak.client_secret: is a placeholder, not a secret → put the real one in a secret file or in the environment',
    ],
  },
  {
    title: 'an unknown key',
    yaml: app('base_ulr: https://api.test'),
    lines: ['config.yaml:3 app.base_ulr: is not a setting → did you mean base_url?'],
  },
  {
    title: 'an unknown key far from any',
    yaml: keycloak('issuer: https://id.test', 'zzzzzzzz: 1'),
    lines: [
      'config.yaml:6 oidc.providers.keycloak.zzzzzzzz: is not a setting → use one of: issuer, client_id, client_secret, dev_only',
    ],
  },
  {
    title: 'a block outside config:',
    yaml: 'app:\n  port: 1\n',
    lines: ['config.yaml:2 app: stands outside the block config: → move it into the block config:'],
  },
  {
    title: 'a key twice',
    yaml: app('port: 1', 'port: 2'),
    lines: ['config.yaml:4: this key stands twice in the same block → keep one of the two'],
  },
  {
    title: 'a number that is none',
    yaml: app('port: eighty'),
    lines: [
      'config.yaml:3 app.port: must be a whole number from 0 to 65535, not "eighty" → see: plinth config explain app.port',
    ],
  },
  {
    title: 'a value that is not one of the list, from .env',
    dotenv: 'SITE=sometimes\n',
    yaml: app('session_cookie:', '  same_site: ${SITE}'),
    lines: [
      'config.yaml:4 app.session_cookie.same_site (SITE from .env:1): must be one of lax, strict, none, not "sometimes" → see: plinth config explain app.session_cookie.same_site',
    ],
  },
  {
    title: 'an unknown environment',
    env: { ENVIRONMENT: 'prodution' },
    lines: [
      'environment app.environment (ENVIRONMENT): must be one of development, test, production, not "prodution" → write production',
    ],
  },
  {
    title: 'two names of one setting differ',
    env: { ENVIRONMENT: 'production', APP_ENVIRONMENT: 'test' },
    lines: [
      'environment app.environment (APP_ENVIRONMENT, ENVIRONMENT): APP_ENVIRONMENT says "test" and ENVIRONMENT says "production" → keep APP_ENVIRONMENT only',
    ],
  },
  {
    title: 'a variable without value inside a text',
    yaml: app('base_url: https://${HOST}/'),
    lines: [
      'config.yaml:3 app.base_url: ${HOST} is not set → set HOST in .env or in the environment, or write a default: ${HOST:-…}',
    ],
  },
  {
    title: 'a variable that the file demands',
    yaml: app('base_url: ${HOST:?the public URL}'),
    lines: ['config.yaml:3 app.base_url: ${HOST} is not set → the public URL'],
  },
  {
    title: 'a ${ that never closes',
    yaml: app('base_url: ${HOST'),
    lines: [
      'config.yaml:3 app.base_url: opens ${ that never closes → close it, put the whole value in quotes, or write $${ for a plain ${',
    ],
  },
  {
    title: 'a base URL that is none',
    env: { BASE_URL: 'api.example.test' },
    lines: [
      'environment app.base_url (BASE_URL): is not an http or https URL → write it like https://api.example.com',
    ],
  },
  {
    title: 'D19 an http base URL on another host',
    env: { BASE_URL: 'http://api.test' },
    lines: [
      'environment app.base_url (BASE_URL): is http on a host that is not this machine, so session cookies would travel in the open → write https://…',
    ],
  },
  {
    title: 'SB-09 an http base URL in production',
    env: { ENVIRONMENT: 'production', METRICS_TOKEN },
    lines: [
      'default app.base_url: is http in production, so cookies are not Secure → write the https:// URL that browsers use',
    ],
  },
  {
    title: 'an http issuer in production',
    yaml: keycloak('issuer: http://localhost:8080/realms/x', 'client_id: app'),
    env: PRODUCTION,
    lines: [
      'config.yaml:5 oidc.providers.keycloak.issuer: is an http issuer in production → write the https:// issuer of the provider, or remove this provider',
    ],
  },
  {
    title: '* CORS',
    env: { CLIENT_ORIGINS: '*' },
    lines: [
      'environment app.cors.origins (CLIENT_ORIGINS): allows every site with * → list each origin, like https://app.example.com',
    ],
  },
  {
    title: 'an origin with a path',
    yaml: app('cors:', '  origins:', '    - https://a.test', '    - https://b.test/x'),
    lines: [
      'config.yaml:6 app.cors.origins: holds "https://b.test/x", which is more than an origin → list each origin, like https://app.example.com',
    ],
  },
  ...['*', 'true', '0.0.0.0/0', '::/0', '0.0.0.0/1'].map((entry) => ({
    title: `XF-11 trusted proxies ${entry}`,
    env: { TRUSTED_PROXIES: entry },
    lines: [
      `environment app.trusted_proxies (TRUSTED_PROXIES): trusts ${/\d|:/.test(entry) ? 'the addresses of strangers' : 'every address'} with ${entry} → list the addresses of your own proxies, like 10.0.3.0/24`,
    ],
  })),
  {
    title: 'XF-11 trusted proxies: true in the file',
    yaml: app('trusted_proxies: true'),
    lines: [
      'config.yaml:3 app.trusted_proxies: trusts every address with true → list the addresses of your own proxies, like 10.0.3.0/24',
    ],
  },
  {
    title: 'XF-11 trusted proxies: IPv4 inside IPv6',
    env: { TRUSTED_PROXIES: '::ffff:0:0/96' },
    lines: [
      'environment app.trusted_proxies (TRUSTED_PROXIES): holds IPv4 addresses inside IPv6 with ::ffff:0:0/96 → write IPv4 ranges as IPv4',
    ],
  },
  {
    title: 'a path that leaves the service',
    yaml: app('post_login_default: //evil.test'),
    lines: [
      'config.yaml:3 app.post_login_default: leaves this service → write a path that starts with one /',
    ],
  },
  {
    title: 'C16 no token for the metrics in production',
    env: { ...PRODUCTION, METRICS_TOKEN: '' },
    lines: [
      `default telemetry.metrics_token: is not set, so in production nobody may read GET /metrics, or everybody behind a proxy → set METRICS_TOKEN to the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'the owner URL in production',
    env: { ...PRODUCTION, DATABASE_OWNER_URL: 'postgres://owner:hunter2@db/app' },
    lines: [
      'environment database.owner_url (DATABASE_OWNER_URL): can be read by the service in production; only the migration job may → remove DATABASE_OWNER_URL from its environment and give it to: plinth db upgrade',
    ],
  },
  {
    title: 'MF-22 codes in the log of a production service',
    env: PRODUCTION,
    yaml: '  notify:\n    sms: { adapter: console }\n',
    lines: [
      'config.yaml:3 notify.sms.adapter: is console in production, so codes that sign people in would stand in the log → write http and name your gateway, or off',
    ],
  },
  {
    title: 'SameSite none over http',
    yaml: app('session_cookie: { same_site: none }'),
    lines: [
      'config.yaml:3 app.session_cookie.same_site: is none while app.base_url is http; browsers drop such a cookie → write lax, or an https:// app.base_url',
    ],
  },
  {
    title: 'a mistake in .env',
    dotenv: 'APP_PORT 8000\n',
    lines: ['.env:1: is not NAME=value → write NAME=value or NAME="value"'],
  },
  {
    title: 'broken YAML',
    yaml: app('host: a: b'),
    lines: [
      'config.yaml:3: is not valid YAML (Nested mappings are not allowed in compact mappings) → check the indentation, and quote values that hold ": ", " #", { or [',
    ],
  },
  {
    title: 'a secret that is too short for its room is not quoted',
    env: { METRICS_TOKEN: 'hunter2' },
    lines: [
      'environment telemetry.metrics_token (METRICS_TOKEN): has fewer than 16 characters → use the output of: openssl rand -base64 32',
    ],
  },
  {
    title: 'a placeholder for the metrics token',
    env: { METRICS_TOKEN: 'change-me-to-something' },
    lines: [
      `environment telemetry.metrics_token (METRICS_TOKEN): is a placeholder, not a secret → use the output of: ${GENERATE}`,
    ],
  },
  {
    title: 'the secret of the development client in production',
    yaml: keycloak(
      'issuer: https://id.test',
      'client_id: app',
      'client_secret: test-client-secret',
    ),
    env: PRODUCTION,
    lines: [
      'config.yaml:7 oidc.providers.keycloak.client_secret: is the published secret of the development provider → put the one that your provider gave you in a secret file or in the environment',
    ],
  },
  {
    title: 'headers may take longer than the whole request',
    yaml: '  http: { headers_timeout_ms: 10000, request_timeout_ms: 5000 }\n',
    lines: [
      'config.yaml:2 http.headers_timeout_ms: is longer than http.request_timeout_ms, in which the body must have arrived too → write at most that many milliseconds',
    ],
  },
  {
    title: 'a log level that is none',
    env: { LOG_LEVEL: 'loud' },
    lines: [
      'environment logging.level (LOG_LEVEL): must be one of debug, info, warn, error, not "loud" → see: plinth config explain logging.level',
    ],
  },
  {
    title: 'a block where a text belongs',
    yaml: app('name: { a: b }'),
    lines: [
      'config.yaml:3 app.name: must be text of 1 to 80 characters → see: plinth config explain app.name',
    ],
  },
  {
    title: 'several documents in one file',
    yaml: '---\nconfig: {}\n',
    lines: ['config.yaml:2: begins a second document → remove the line with ---'],
  },
  {
    title: 'NUL in the file',
    yaml: app('name: "a\0b"'),
    lines: ['config.yaml: is not UTF-8 text → mend the file'],
  },
  {
    title: 'a secret file that is not there, outside the folder',
    env: { CSRF_SIGNING_SECRET: undefined, CSRF_SIGNING_SECRET_FILE: '/nowhere/at/all' },
    lines: [
      '/nowhere/at/all: the secret file for CSRF_SIGNING_SECRET is not there → put the value of CSRF_SIGNING_SECRET in this file',
      `config.yaml app.csrf_signing_secret: is required and not set → set CSRF_SIGNING_SECRET, for example to the output of: ${GENERATE} (plinth dev sets it by itself)`,
    ],
  },
  {
    title: 'line breaks and terminal escapes in a demand',
    yaml: app('base_url: "${HOST:?one\\ntwo\\e[2J}"'),
    lines: ['config.yaml:3 app.base_url: ${HOST} is not set → one\\u000atwo\\u001b[2J'],
  },
  {
    title: 'terminal escapes in a value',
    env: { APP_PORT: '1\u001b[2J\n2' },
    lines: [
      'environment app.port (APP_PORT): must be a whole number from 0 to 65535, not "1\\u001b[2J\\n2" → see: plinth config explain app.port',
    ],
  },
]

async function refusals({ yaml = '', env, dotenv }: Case): Promise<readonly string[]> {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-refused-'))
  await writeFile(join(folder.path, 'config.yaml'), `config:\n${yaml}`)
  if (dotenv !== undefined) await writeFile(join(folder.path, '.env'), dotenv)
  const result = await loadConfig({
    schema,
    names: platformNames,
    cwd: folder.path,
    env: { ...KEYS, DATABASE_URL: 'postgres:///app', ...env },
    rules: serviceRules,
  })
  return result.ok ? [] : result.faults.map(faultLine)
}

for (const refused of cases) {
  test(`FI-52 ${refused.title}`, async () => {
    const started = performance.now()
    const lines = await refusals(refused)
    assert.deepEqual(lines, refused.lines)
    assert.ok(performance.now() - started < 2_000)
    for (const value of Object.values({ ...KEYS, ...refused.env }).filter(isLong)) {
      assert.ok(!lines.join().includes(value), 'a secret was printed')
    }
  })
}

test('FI-52 there is no config.yaml', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plinth-refused-'))
  const result = await loadConfig({ schema, names: platformNames, cwd: folder.path, env: KEYS })
  assert.ok(!result.ok && result.faults[0] !== undefined)
  assert.equal(
    faultLine(result.faults[0]),
    'config.yaml: this file is not in the folder of the service → change to that folder, or write one that starts with: config:',
  )
})

test('FI-52 every mistake is found in one run', async () => {
  const yaml = app('base_ulr: x', 'port: eighty', 'host: ${A')
  const lines = await refusals({
    title: '',
    yaml,
    env: { SESSION_SIGNING_SECRET: 'short' },
    lines: [],
  })
  assert.equal(lines.length, 4)
})

test('FI-52 a correct production configuration starts', async () => {
  const yaml = keycloak(
    'issuer: http://localhost:8080/realms/x',
    'dev_only: true',
    'client_id: app',
  )
  assert.deepEqual(await refusals({ title: '', yaml, env: PRODUCTION, lines: [] }), [])
})

test('C3 a provider whose client id is empty is none, also where the file says ${NAME:-}', async () => {
  const yaml = keycloak(
    'issuer: ${OIDC_KEYCLOAK_ISSUER:-http://localhost:8080/realms/x}',
    'client_id: ${OIDC_KEYCLOAK_CLIENT_ID:-}',
    'client_secret: ${OIDC_KEYCLOAK_CLIENT_SECRET:-}',
  )
  assert.deepEqual(await refusals({ title: '', yaml, env: PRODUCTION, lines: [] }), [])
})
