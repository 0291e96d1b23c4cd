import { ENVIRONMENTS } from './app.settings.ts'
import type { KeyAlias, LaterKey, SettingNames, VariableName } from './setting-names.ts'

const NO_WORKFLOWS = 'this version only watches whether Temporal answers'
const NO_REDIS = 'put the password into redis.url; the connection sets its own limits'
const NO_OAUTH_CLIENT = 'an OAuth2Client takes its settings where your code makes it'
const NO_STORAGE = 'this version does not store files'
const NO_OPENBAO = 'this version does not read secrets from OpenBao'
const NO_BROKER = 'background jobs run on PostgreSQL and need no broker'

/** The command that brings what a service lacks on a developer's machine. */
const DEV = 'plinth dev'

/** A name and the key that it sets. */
function sets(name: string, key: string): VariableName {
  return { name, key }
}

/** A name whose feature does not exist yet; `key` is where it will live. */
function later(name: string, key: string, sentence: string): VariableName {
  return { name, key, later: sentence }
}

/** A name that adds to a list which others add to. */
function joins(name: string, key: string): VariableName {
  return { name, key, joins: true }
}

const service: readonly VariableName[] = [
  sets('APP_ENVIRONMENT', 'app.environment'),
  sets('ENVIRONMENT', 'app.environment'),
  sets('APP_HOST', 'app.host'),
  sets('APP_PORT', 'app.port'),
  sets('BASE_URL', 'app.base_url'),
  sets('SESSION_MAX_AGE', 'app.session_max_age'),
  { ...sets('SESSION_SIGNING_SECRET', 'app.session_signing_secret'), suppliedBy: DEV },
  {
    name: 'SESSION_JWT_SECRET',
    key: 'app.session_signing_secret',
    deprecatedFor: 'SESSION_SIGNING_SECRET',
  },
  { ...sets('CSRF_SIGNING_SECRET', 'app.csrf_signing_secret'), suppliedBy: DEV },
  sets('CLIENT_ORIGINS', 'app.cors.origins'),
  { name: 'CLIENT_ORIGIN', key: 'app.cors.origins', yieldsTo: 'CLIENT_ORIGINS' },
  sets('TRUSTED_PROXIES', 'app.trusted_proxies'),
  sets('TRUSTED_PROXY_CIDRS', 'app.trusted_proxies'),
]

const dataStores: readonly VariableName[] = [
  { ...sets('DATABASE_URL', 'database.url'), suppliedBy: DEV },
  sets('DATABASE_OWNER_URL', 'database.owner_url'),
  sets('DATABASE_LISTEN_URL', 'database.listen_url'),
  sets('DATABASE_PASSWORD_FILE', 'database.password_file'),
  sets('REDIS_URL', 'redis.url'),
  sets('TEMPORAL_URL', 'temporal.url'),
  sets('TEMPORAL_ADDRESS', 'temporal.url'),
  { name: 'CELERY_BROKER_URL', later: NO_BROKER },
  { name: 'CELERY_RESULT_BACKEND', later: NO_BROKER },
  later('STORAGE_BACKEND', 'storage.backend', NO_STORAGE),
]

const signIn: readonly VariableName[] = [
  sets('OIDC_REDIRECT_URI', 'oidc.global_redirect_uri'),
  {
    ...sets('OIDC_GOOGLE_CLIENT_ID', 'oidc.providers.google.client_id'),
    implies: { 'oidc.providers.google.issuer': 'https://accounts.google.com' },
  },
  sets('OIDC_GOOGLE_CLIENT_SECRET', 'oidc.providers.google.client_secret'),
  sets('OIDC_MICROSOFT_CLIENT_ID', 'oidc.providers.microsoft.client_id'),
  sets('OIDC_MICROSOFT_CLIENT_SECRET', 'oidc.providers.microsoft.client_secret'),
  {
    ...sets('OIDC_KEYCLOAK_CLIENT_ID', 'oidc.providers.keycloak.client_id'),
    implies: { 'oidc.providers.keycloak.issuer': 'http://localhost:8080/realms/test-realm' },
  },
  sets('OIDC_KEYCLOAK_CLIENT_SECRET', 'oidc.providers.keycloak.client_secret'),
  sets('OIDC_KEYCLOAK_ISSUER', 'oidc.providers.keycloak.issuer'),
  { name: 'OAUTH2_CLIENT_ID', later: NO_OAUTH_CLIENT },
  { name: 'OAUTH2_CLIENT_SECRET', later: NO_OAUTH_CLIENT },
  { name: 'OAUTH2_ISSUER', later: NO_OAUTH_CLIENT },
  { name: 'OAUTH2_USE_PKCE', later: NO_OAUTH_CLIENT },
  sets('TOTP_ISSUER', 'mfa.issuer'),
  sets('TOTP_ENCRYPTION_KEY', 'mfa.encryption_key'),
  {
    name: 'REFRESH_COOKIE_SECURE',
    later: 'nothing needs it: cookie flags follow the scheme of app.base_url',
  },
]

const tokens: readonly VariableName[] = [
  joins('JWT_AUDIENCE', 'jwt.audiences'),
  joins('JWT_AUDIENCE_SECONDARY', 'jwt.audiences'),
  joins('AUTH_JWT_AUDIENCE', 'jwt.audiences'),
  {
    name: 'AUTH_JWT_ENABLED',
    later: 'access tokens are always read; jwt.issuers names whose count',
  },
  sets('AUTH_JWT_ISSUER', 'jwt.issuers.auth.issuer'),
  sets('AUTH_JWKS_URI', 'jwt.issuers.auth.jwks_uri'),
  sets('AUTH_JWT_ALGORITHMS', 'jwt.allowed_algorithms'),
  sets('AUTH_JWT_LEEWAY', 'jwt.clock_skew'),
  sets('AUTH_JWKS_CACHE_TTL', 'oidc.jwks_cache_ttl_seconds'),
  {
    name: 'AUTH_API_KEY_ENABLED',
    later: 'API keys are always read; one exists only if somebody makes it',
  },
  { name: 'JWT_SECRET', later: 'the keys of our own tokens are made and rotated in the database' },
  sets('JWT_ALGORITHM', 'tokens.algorithm'),
  sets('JWT_ACCESS_TTL_MINUTES', 'tokens.access_ttl_minutes'),
  sets('JWT_REFRESH_TTL_DAYS', 'tokens.refresh_ttl_days'),
  sets('JWT_CLAIM_USER_ID', 'jwt.claims.user_id'),
  sets('JWT_CLAIM_EMAIL', 'jwt.claims.email'),
  sets('JWT_CLAIM_ROLES', 'jwt.claims.roles'),
  sets('JWT_CLAIM_GROUPS', 'jwt.claims.groups'),
  sets('JWT_CLAIM_SCOPE', 'jwt.claims.scope'),
  sets('JWT_CLAIM_NAME', 'jwt.claims.name'),
  sets('JWT_CLAIM_USERNAME', 'jwt.claims.username'),
]

const operations: readonly VariableName[] = [
  sets('LOG_LEVEL', 'logging.level'),
  sets('LOG_FORMAT', 'logging.format'),
  sets('LOG_FILE', 'logging.file'),
  sets('SMTP_HOST', 'notify.smtp.host'),
  sets('SMTP_PORT', 'notify.smtp.port'),
  sets('SMTP_USER', 'notify.smtp.user'),
  sets('SMTP_PASSWORD', 'notify.smtp.password'),
  sets('SMTP_FROM', 'notify.smtp.from'),
  sets('SMTP_TLS', 'notify.smtp.tls'),
  sets('METRICS_TOKEN', 'telemetry.metrics_token'),
  sets('OTEL_ENABLED', 'telemetry.otel_enabled'),
  sets('OTEL_SERVICE_NAME', 'telemetry.otel_service_name'),
  sets('OTEL_EXPORTER_OTLP_ENDPOINT', 'telemetry.otel_exporter_otlp_endpoint'),
  later('OPENBAO_ADDR', 'secrets.openbao.addr', NO_OPENBAO),
  later('OPENBAO_TOKEN', 'secrets.openbao.token', NO_OPENBAO),
  later('OPENBAO_NAMESPACE', 'secrets.openbao.namespace', NO_OPENBAO),
  later('OPENBAO_KV_VERSION', 'secrets.openbao.kv_version', NO_OPENBAO),
]

const keyAliases: readonly KeyAlias[] = [
  { from: 'compat', to: 'app.compat' },
  { from: 'app.session_jwt_secret', to: 'app.session_signing_secret' },
  { from: 'database.user_pw_file_path', to: 'database.password_file' },
  { from: 'jwt.jwks_cache_ttl_seconds', to: 'oidc.jwks_cache_ttl_seconds' },
]

const ROLES_FROM_URLS = 'roles and names come from the connection URLs'

const laterKeys: readonly LaterKey[] = [
  { key: 'storage', says: NO_STORAGE },
  { key: 'security', says: 'its protections are always on or follow app.base_url' },
  { key: 'jwt.jwks_cache_max_entries', says: 'one key set is kept for each issuer that is named' },
  { key: 'oidc.allowed_audiences', says: 'ID tokens are for the client id and nobody else' },
  {
    key: 'oidc.providers.<name>.redirect_uri',
    says: 'every provider answers to oidc.global_redirect_uri',
  },
  ...below('database', ROLES_FROM_URLS, [
    'pg_superuser',
    'pg_db',
    'app_db',
    'owner_user',
    'user',
    'ro_user',
    'temporal_user',
    'temporal_owner',
    'environment_mode',
    'user_pw_env_var',
    'settings',
    'bundled_postgres',
  ]),
  ...below('temporal', NO_WORKFLOWS, [
    'namespace',
    'task_queue',
    'tls',
    'db_user',
    'db_owner',
    'worker',
    'workflows',
    'activities',
  ]),
  ...below('redis', NO_REDIS, [
    'password',
    'password_file_path',
    'password_env_var',
    'max_connections',
    'decode_responses',
    'socket_timeout',
    'socket_connect_timeout',
  ]),
]

function below(block: string, says: string, keys: readonly string[]): readonly LaterKey[] {
  return keys.map((key) => ({ key: `${block}.${key}`, says }))
}

/** Every name under which a setting of the platform may be given. */
export const platformNames: SettingNames = {
  environment: {
    key: 'app.environment',
    fallback: 'development',
    known: ENVIRONMENTS,
    aliases: { testing: 'test' },
  },
  variables: [...service, ...dataStores, ...signIn, ...tokens, ...operations],
  keyAliases,
  laterKeys,
}
