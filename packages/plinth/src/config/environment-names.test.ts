import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { appSettings } from './app.settings.ts'
import { platformNames } from './environment-names.ts'
import { loadConfig } from './load-config.ts'
import { namesFaults } from './names-faults.ts'
import { schemaAt } from './shape.ts'
import { sourceOf } from './source.ts'

/** Names that the documents promise (contract 3.3). */
const DOCUMENTED: Readonly<Record<string, string>> = {
  S0: `ENVIRONMENT DATABASE_URL REDIS_URL TEMPORAL_URL BASE_URL OIDC_REDIRECT_URI
    OIDC_GOOGLE_CLIENT_ID OIDC_GOOGLE_CLIENT_SECRET OIDC_MICROSOFT_CLIENT_ID
    OIDC_MICROSOFT_CLIENT_SECRET OIDC_KEYCLOAK_CLIENT_ID OIDC_KEYCLOAK_CLIENT_SECRET
    OIDC_KEYCLOAK_ISSUER JWT_AUDIENCE JWT_AUDIENCE_SECONDARY SESSION_JWT_SECRET SESSION_MAX_AGE
    CLIENT_ORIGIN JWT_CLAIM_USER_ID JWT_CLAIM_EMAIL JWT_CLAIM_ROLES JWT_CLAIM_GROUPS
    JWT_CLAIM_SCOPE JWT_CLAIM_NAME JWT_CLAIM_USERNAME APP_ENVIRONMENT APP_HOST APP_PORT
    TEMPORAL_ADDRESS`,
  S1: 'CLIENT_ORIGINS SESSION_SIGNING_SECRET',
  S2: `APP_ENVIRONMENT DATABASE_URL REDIS_URL SESSION_SIGNING_SECRET CSRF_SIGNING_SECRET
    OIDC_GOOGLE_CLIENT_SECRET OIDC_MICROSOFT_CLIENT_SECRET OIDC_KEYCLOAK_CLIENT_SECRET TEMPORAL_URL`,
  S3: `DATABASE_URL REDIS_URL CELERY_BROKER_URL CELERY_RESULT_BACKEND JWT_SECRET JWT_ALGORITHM
    JWT_ACCESS_TTL_MINUTES JWT_REFRESH_TTL_DAYS TOTP_ISSUER TOTP_ENCRYPTION_KEY
    REFRESH_COOKIE_SECURE TRUSTED_PROXIES METRICS_TOKEN OTEL_ENABLED OTEL_SERVICE_NAME
    OTEL_EXPORTER_OTLP_ENDPOINT STORAGE_BACKEND OPENBAO_ADDR OPENBAO_TOKEN OPENBAO_NAMESPACE
    OPENBAO_KV_VERSION`,
  S4: `AUTH_JWT_ENABLED AUTH_JWT_ISSUER AUTH_JWT_AUDIENCE AUTH_JWT_ALGORITHMS AUTH_JWKS_URI
    AUTH_JWKS_CACHE_TTL AUTH_JWT_LEEWAY AUTH_API_KEY_ENABLED OAUTH2_CLIENT_ID
    OAUTH2_CLIENT_SECRET OAUTH2_ISSUER OAUTH2_USE_PKCE`,
}

/** A value that each key of this room takes; keys of other rooms take any text here. */
const SAMPLES: Readonly<Record<string, string>> = {
  'app.environment': 'test',
  'app.host': '127.0.0.1',
  'app.port': '8123',
  'app.base_url': 'https://api.test',
  'app.session_max_age': '1234',
  'app.session_signing_secret': 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  'app.csrf_signing_secret': 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
  'app.cors.origins': 'https://app.test',
  'app.trusted_proxies': '10.0.0.0/8',
}

const REQUIRED = {
  'app.session_signing_secret': 'Mn4Bv8Cx2Zl6Kj0Hg5Fd9Sa3Po7Iu1Yt',
  'app.csrf_signing_secret': 'Qp5Wo9Ei3Ru7Ty1Al4Sk8Dj2Fh6Gz0Xm',
}

// Every key of the table that no other sentence excuses, as text: the other rooms refine them.
function schemaOfTable(): z.ZodObject {
  const blocks = new Map<string, Map<string, unknown>>()
  for (const { key, later } of platformNames.variables) {
    const [block = '', ...rest] = (key ?? '').split('.')
    if (later !== undefined || key === undefined || block === 'app') continue
    blocks.set(block, (blocks.get(block) ?? new Map()).set(rest.join('.'), true))
  }
  const shapes = [...blocks].map(([block, keys]) => [block, objectOf([...keys.keys()])] as const)
  return z.strictObject({ app: appSettings, ...Object.fromEntries(shapes) })
}

function objectOf(keys: readonly string[]): z.ZodObject {
  const heads = [...new Set(keys.map((key) => key.split('.')[0] ?? ''))]
  const entries = heads.map((head) => {
    const below = keys
      .filter((key) => key.startsWith(`${head}.`))
      .map((key) => key.slice(head.length + 1))
    return [head, below.length === 0 ? z.string().optional() : objectOf(below)] as const
  })
  return z.strictObject(Object.fromEntries(entries))
}

const schema = schemaOfTable()
const names = new Set(platformNames.variables.map(({ name }) => name))

for (const [document, text] of Object.entries(DOCUMENTED)) {
  test(`contract 3.3: every name of ${document} is in the table`, () => {
    const missing = text.split(/\s+/).filter((name) => !names.has(name))
    assert.deepEqual(missing, [])
  })
}

test('no name stands twice in the table', () => {
  assert.equal(names.size, platformNames.variables.length)
})

for (const { name, key, later } of platformNames.variables) {
  const outcome = later === undefined ? `sets ${key}` : 'is announced as unread'
  test(`contract 3.3: ${name} ${outcome}`, async () => {
    const value = SAMPLES[key ?? ''] ?? 'some-text'
    const values = Object.fromEntries(
      Object.entries(REQUIRED).filter(([required]) => required !== key),
    )
    const env = { [name]: value }
    const loaded = await loadConfig({
      schema,
      names: platformNames,
      cwd: import.meta.dirname,
      file: null,
      env,
      values,
    })
    assert.ok(loaded.ok, JSON.stringify(loaded))
    const announced = loaded.notices.find(({ says }) => says.startsWith(`${name} is set, but `))
    if (later !== undefined) assert.equal(announced?.says, `${name} is set, but ${later}`)
    else
      assert.deepEqual(
        sourceOf(loaded.sources, key ?? '').variables.map((v) => v.name),
        [name],
      )
  })
}

test('the table and a schema that agree have no faults', () => {
  assert.deepEqual(namesFaults(schema, platformNames), [])
})

test('a name without its key, and a key announced as unread, are faults', () => {
  const small = z.strictObject({
    app: appSettings,
    storage: z.strictObject({ backend: z.string() }),
  })
  const faults = namesFaults(small, platformNames)
  assert.ok(faults.includes('DATABASE_URL sets database.url, which is no setting'))
  assert.ok(faults.includes('storage is a setting, but the table lists it as unread'))
  assert.ok(faults.some((fault) => fault.startsWith('STORAGE_BACKEND sets storage.backend, but')))
})

test('a block that nothing reads yet is accepted and announced', async () => {
  const { laterKeys } = platformNames
  for (const { key, says } of laterKeys.filter((later) => !later.key.includes('<'))) {
    assert.equal(schemaAt(schema, key), undefined)
    const values = { ...REQUIRED, [key]: 'x' }
    const loaded = await loadConfig({
      schema,
      names: platformNames,
      cwd: import.meta.dirname,
      file: null,
      env: {},
      values,
    })
    assert.ok(loaded.ok, JSON.stringify(loaded))
    assert.deepEqual(
      loaded.notices.map((notice) => notice.says),
      [`${key} is set, but ${says}`],
    )
  }
})
