import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  app,
  GENERATE,
  keycloak,
  METRICS_TOKEN,
  PRODUCTION,
  refusals,
  SESSION,
  testRefusals,
} from './refusals.fixture.ts'

testRefusals([
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
    title: 'the two secrets are the same',
    env: { CSRF_SIGNING_SECRET: SESSION },
    lines: [
      `environment app.csrf_signing_secret (CSRF_SIGNING_SECRET): is the same as app.session_signing_secret; who learns one key must not hold both → use a second output of: ${GENERATE}`,
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
    title: 'D19 SameSite none for no other origin',
    env: { BASE_URL: 'https://api.test' },
    yaml: app('session_cookie: { same_site: none }', 'cors: { origins: [] }'),
    lines: [
      'config.yaml:3 app.session_cookie.same_site: is none while app.cors.origins lists no other origin that would need it → write lax, or list the origins',
    ],
  },
  {
    title: 'D19 SameSite none over http',
    yaml: app('session_cookie: { same_site: none }'),
    lines: [
      'config.yaml:3 app.session_cookie.same_site: is none while app.base_url is http; browsers drop such a cookie → write lax, or an https:// app.base_url',
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
])

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
