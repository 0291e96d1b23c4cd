import assert from 'node:assert/strict'
import { mkdtempDisposable, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { loadServiceConfig } from './load-service-config.ts'

const SECRETS = {
  SESSION_JWT_SECRET: 'kq3Zr8Wv1xN5tB7yL0pD4sF6hJ9mG2cA',
  CSRF_SIGNING_SECRET: 'Xw2Ee9Rr4Tt7Yy1Uu6Ii3Oo8Pp5Aa0Ss',
}

/** Every key of contract 3.2 that a document names, as a person brings it from there. */
const DOCUMENTED = `config:
  rate_limiter: { requests: 10, window_ms: 5000, enabled: true, per_endpoint: true, per_method: true }
  database:
    url: \${DATABASE_URL:-postgresql+asyncpg://user:password@postgres:5432/app_db}
    pool_size: 20
    max_overflow: 10
    pool_timeout: 30
    pool_recycle: 1800
    pg_superuser: postgres
    pg_db: postgres
    app_db: appdb
    owner_user: appowner
    user: appuser
    ro_user: backupuser
    temporal_user: temporaluser
    temporal_owner: temporalowner
    environment_mode: development
    user_pw_file_path: /run/secrets/postgres_app_user_pw
    user_pw_env_var: POSTGRES_APP_USER_PW
    settings: { app: x }
    bundled_postgres: { enabled: true }
  temporal:
    enabled: true
    url: \${TEMPORAL_ADDRESS:-temporal:7233}
    namespace: default
    task_queue: default
    tls: false
    db_user: temporaluser
    db_owner: temporalowner
    worker: { enabled: true, activities_per_second: 10, max_concurrent_activities: 100 }
  redis:
    enabled: true
    url: \${REDIS_URL:-redis://localhost:6379}
    password: x
    password_file_path: /run/secrets/redis_password
    password_env_var: REDIS_PASSWORD
    max_connections: 10
    decode_responses: true
    socket_timeout: 5
    socket_connect_timeout: 5
  oidc:
    providers:
      google:
        client_id: \${OIDC_GOOGLE_CLIENT_ID}
        client_secret: \${OIDC_GOOGLE_CLIENT_SECRET}
        issuer: https://accounts.google.com
        authorization_endpoint: https://accounts.google.com/o/oauth2/v2/auth
        token_endpoint: https://oauth2.googleapis.com/token
        userinfo_endpoint: https://openidconnect.googleapis.com/v1/userinfo
        end_session_endpoint: https://accounts.google.com/logout
        jwks_uri: https://www.googleapis.com/oauth2/v3/certs
        redirect_uri: http://localhost:8000/auth/google/callback
        scopes: [openid, email, profile]
        enabled: true
        dev_only: false
      keycloak:
        client_id: test-client
        client_secret: test-client-secret
        issuer: \${OIDC_KEYCLOAK_ISSUER:-http://localhost:8080/realms/test-realm}
        dev_only: true
    default_provider: keycloak
    global_redirect_uri: \${OIDC_REDIRECT_URI:-http://localhost:8000/auth/web/callback}
    allowed_redirect_hosts: []
    allowed_audiences: []
    refresh_tokens: { enabled: false, persist_in_session_store: false, max_session_lifetime_seconds: 86400 }
  jwt:
    allowed_algorithms: [RS256, RS512, ES256, ES384]
    audiences: ['\${JWT_AUDIENCE:-api://default}', '\${JWT_AUDIENCE_SECONDARY}']
    claims:
      user_id: \${JWT_CLAIM_USER_ID:-sub}
      email: \${JWT_CLAIM_EMAIL:-email}
      roles: \${JWT_CLAIM_ROLES:-roles}
      groups: \${JWT_CLAIM_GROUPS:-groups}
      scope: \${JWT_CLAIM_SCOPE:-scope}
      name: \${JWT_CLAIM_NAME:-name}
      username: \${JWT_CLAIM_USERNAME:-preferred_username}
    jwks_cache_ttl_seconds: 1800
    jwks_cache_max_entries: 16
  logging: { level: DEBUG, format: json, file: logs/app.log, max_size_mb: 5, backup_count: 5 }
  app:
    environment: \${APP_ENVIRONMENT:-development}
    host: \${APP_HOST:-localhost}
    port: \${APP_PORT:-8000}
    base_url: \${BASE_URL:-http://localhost:8000}
    session_max_age: \${SESSION_MAX_AGE:-3600}
    session_jwt_secret: \${SESSION_JWT_SECRET}
    cors: { origins: [http://localhost:3000], allow_credentials: true }
`

const RENAMED: readonly string[] = [
  'SESSION_JWT_SECRET is now called SESSION_SIGNING_SECRET',
  'app.session_jwt_secret is now called app.session_signing_secret',
  'database.user_pw_file_path is now called database.password_file',
  'jwt.jwks_cache_ttl_seconds is now called oidc.jwks_cache_ttl_seconds',
]

const below = (block: string, keys: string) => keys.split(' ').map((key) => `${block}.${key}`)

/** What stands in the documents, and is done in another way here. */
const UNREAD: readonly string[] = [
  ...below(
    'database',
    'pg_superuser pg_db app_db owner_user user ro_user temporal_user temporal_owner',
  ),
  ...below('database', 'environment_mode user_pw_env_var settings bundled_postgres'),
  ...below('temporal', 'namespace task_queue tls db_user db_owner worker'),
  ...below(
    'redis',
    'password password_file_path password_env_var max_connections decode_responses',
  ),
  ...below('redis', 'socket_timeout socket_connect_timeout'),
  ...below('oidc', 'allowed_audiences providers.google.redirect_uri'),
  'jwt.jwks_cache_max_entries',
]

test('3.2 every key that the documents name is a setting, or its start says what has taken its place', async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'plinth-contract-'))
  await writeFile(path.join(folder.path, 'config.yaml'), DOCUMENTED)
  const { config, notices } = await loadServiceConfig({ cwd: folder.path, env: SECRETS })
  const said = notices.map(({ says }) => says.split(' is set, but ')[0])
  assert.deepEqual(said.toSorted(), [...RENAMED, ...UNREAD].toSorted())
  assert.equal(config.oidc.jwks_cache_ttl_seconds, 1_800, 'under its present name')
  assert.equal(config.database.password_file, '/run/secrets/postgres_app_user_pw')
  assert.deepEqual(Object.keys(config.oidc.providers), ['google', 'keycloak'])
  assert.deepEqual(config.jwt.audiences, ['api://default'], 'C3 what is empty is none')
})

test('3.2 the defaults of the documents hold when nothing but the secrets and the database is given', async () => {
  const env = { ...SECRETS, DATABASE_URL: 'postgresql://app@localhost/app' }
  const { config } = await loadServiceConfig({ file: null, env })
  const { app, database, jwt, logging, oidc, rate_limiter, redis, temporal } = config
  const { requests, window_ms, enabled, per_endpoint, per_method } = rate_limiter
  // D10 counts ten a minute where the documents counted ten in five seconds.
  assert.deepEqual(
    { requests, window_ms, enabled, per_endpoint, per_method },
    { requests: 10, window_ms: 60_000, enabled: true, per_endpoint: true, per_method: true },
  )
  const { pool_size, max_overflow, pool_timeout, pool_recycle } = database
  assert.deepEqual([pool_size, max_overflow, pool_timeout, pool_recycle], [20, 10, 30, 1_800])
  // Both are on with their URL: nothing but PostgreSQL is needed to start.
  assert.deepEqual([redis.url, temporal.url], [undefined, undefined])
  assert.equal(oidc.default_provider, 'keycloak')
  assert.deepEqual(oidc.allowed_redirect_hosts, [])
  const { persist_in_session_store, max_session_lifetime_seconds } = oidc.refresh_tokens
  assert.deepEqual(
    [oidc.refresh_tokens.enabled, persist_in_session_store, max_session_lifetime_seconds],
    [false, false, 86_400],
  )
  assert.equal(oidc.jwks_cache_ttl_seconds, 3_600)
  assert.deepEqual(jwt.allowed_algorithms, ['RS256', 'RS512', 'ES256', 'ES384'])
  assert.deepEqual(jwt.audiences, ['api://default'])
  const { user_id, email, roles, groups, scope, name, username } = jwt.claims
  assert.deepEqual(
    [user_id, email, roles, groups, scope, name, username],
    ['sub', 'email', 'roles', 'groups', 'scope', 'name', 'preferred_username'],
  )
  const { level, format, file, max_size_mb, backup_count } = logging
  assert.deepEqual(
    [level, format, file, max_size_mb, backup_count],
    ['debug', 'json', 'logs/app.log', 5, 5],
  )
  const { environment, host, port, base_url, session_max_age, cors } = app
  assert.deepEqual(
    [environment, host, port, base_url, session_max_age, cors.origins, cors.allow_credentials],
    [
      'development',
      'localhost',
      8_000,
      'http://localhost:8000',
      3_600,
      ['http://localhost:3000'],
      true,
    ],
  )
})
