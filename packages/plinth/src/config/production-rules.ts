import { Secret } from '../kernel/index.ts'
import { isLoopbackHost } from '../outbound/index.ts'
import type { Read, Rule } from './rule.ts'
import { isPlaceholder } from './secret-strength.ts'

/** Secret of the client at the development provider, and in the documents of services like this one. */
const PUBLISHED_CLIENT_SECRET = 'test-client-secret'

/** Rules over the whole configuration that hold in every environment or for production only (FI-52). */
export const productionRules: readonly Rule[] = [
  {
    broken: (read) => only('app.csrf_signing_secret', sameSecret(read)),
    says: 'is the same as app.session_signing_secret; who learns one key must not hold both',
    fix: 'use a second output of: openssl rand -base64 32',
  },
  {
    // D19: without https there is no Secure cookie, and a session can be read on the way.
    broken: (read) =>
      only('app.base_url', isHttp(read('app.base_url')) && !isLoopbackUrl(read('app.base_url'))),
    says: 'is http on a host that is not this machine, so session cookies would travel in the open',
    fix: 'write https://…',
  },
  {
    // SB-09. Behind a listed proxy the loopback address is at least a written decision.
    broken: (read) =>
      only(
        'app.base_url',
        isProduction(read) && isLoopbackHttp(read) && isEmpty(read('app.trusted_proxies')),
      ),
    says: 'is http in production, so cookies are not Secure',
    fix: 'write the https:// URL that browsers use',
  },
  {
    broken: (read) =>
      isProduction(read) ? offered(read, 'issuer').filter((key) => isHttp(read(key))) : [],
    says: 'is an http issuer in production',
    fix: 'write the https:// issuer of the provider, or remove this provider',
  },
  {
    broken: (read) =>
      isProduction(read)
        ? offered(read, 'client_secret').filter((key) => isPublished(read(key)))
        : [],
    says: 'is the published secret of the development provider',
    fix: 'put the one that your provider gave you in a secret file or in the environment',
  },
  {
    broken: (read) => only('telemetry.metrics_token', isUnfilled(read('telemetry.metrics_token'))),
    says: 'is a placeholder, not a secret',
    fix: 'use the output of: openssl rand -base64 32',
  },
  {
    broken: (read) =>
      only(
        'http.headers_timeout_ms',
        Number(read('http.headers_timeout_ms')) > Number(read('http.request_timeout_ms')),
      ),
    says: 'is longer than http.request_timeout_ms, in which the body must have arrived too',
    fix: 'write at most that many milliseconds',
  },
  {
    // MF-22: the log of a service is read by more people than may sign in as anybody.
    broken: (read) =>
      only('notify.sms.adapter', isProduction(read) && read('notify.sms.adapter') === 'console'),
    says: 'is console in production, so codes that sign people in would stand in the log',
    fix: 'write http and name your gateway, or off',
  },
  {
    // A provider sends the browser there; a foreign address would make sign-out a way to lure people.
    broken: (read) => only('oidc.post_logout_redirect_uri', leadsElsewhere(read)),
    says: 'leads to an origin that is neither that of app.base_url nor listed',
    fix: 'write a URL of this service, or list its origin in oidc.allowed_redirect_hosts',
  },
  {
    broken: (read) =>
      only('app.session_cookie.same_site', isSameSiteNone(read) && isHttp(read('app.base_url'))),
    says: 'is none while app.base_url is http; browsers drop such a cookie',
    fix: 'write lax, or an https:// app.base_url',
  },
  {
    broken: (read) =>
      only(
        'app.session_cookie.same_site',
        isSameSiteNone(read) && isEmpty(read('app.cors.origins')),
      ),
    says: 'is none while app.cors.origins lists no other origin that would need it',
    fix: 'write lax, or list the origins',
  },
]

/**
 * The process that answers requests never holds the owner's URL: with it a flaw in one handler could
 * alter policies. `plinth db …` leaves this rule out.
 */
export const noOwnerUrlRule: Rule = {
  broken: (read) =>
    only('database.owner_url', isProduction(read) && read('database.owner_url') !== undefined),
  says: 'can be read by the service in production; only the migration job may',
  fix: 'remove DATABASE_OWNER_URL from its environment and give it to: plinth db upgrade',
}

/** A service never starts a database by itself. `plinth db …` may do with the owner's URL alone. */
const databaseRule: Rule = {
  code: 'config.missing',
  broken: (read) => only('database.url', read('database.url') === undefined),
  says: 'is required and not set',
  fix: 'set DATABASE_URL; on your own machine plinth dev brings a PostgreSQL',
}

/** Contract C16: behind a proxy on the same machine everybody would look like loopback. */
const metricsTokenRule: Rule = {
  broken: (read) =>
    only(
      'telemetry.metrics_token',
      isProduction(read) &&
        read('telemetry') !== undefined &&
        read('telemetry.metrics_token') === undefined,
    ),
  says: 'is not set, so in production nobody may read GET /metrics, or everybody behind a proxy',
  fix: 'set METRICS_TOKEN to the output of: openssl rand -base64 32',
}

const baseDomainRule: Rule = {
  code: 'config.missing',
  broken: (read) =>
    only(
      'tenancy.base_domain',
      namesBySubdomain(read) && read('tenancy.base_domain') === undefined,
    ),
  says: 'is not set although tenancy.strategies lists subdomain',
  fix: 'write the domain below which tenants have their names, such as api.example.com',
}

/** Rules for a process that answers requests or runs jobs. */
export const serviceRules: readonly Rule[] = [
  ...productionRules,
  noOwnerUrlRule,
  databaseRule,
  metricsTokenRule,
  baseDomainRule,
]

function only(key: string, broken: boolean): readonly string[] {
  return broken ? [key] : []
}

/** Whether the configuration is one of production. */
export function isProduction(read: Read): boolean {
  return read('app.environment') === 'production'
}

/** Whether a value is an http URL. */
export function isHttp(value: unknown): boolean {
  return typeof value === 'string' && URL.parse(value)?.protocol === 'http:'
}

function isLoopbackUrl(value: unknown): boolean {
  const host = typeof value === 'string' ? URL.parse(value)?.hostname : undefined
  return host !== undefined && isLoopbackHost(host)
}

function isLoopbackHttp(read: Read): boolean {
  return isHttp(read('app.base_url')) && isLoopbackUrl(read('app.base_url'))
}

function isSameSiteNone(read: Read): boolean {
  return read('app.session_cookie.same_site') === 'none'
}

function leadsElsewhere(read: Read): boolean {
  const origin = originOf(read('oidc.post_logout_redirect_uri'))
  if (origin === undefined) return false
  const listed = read('oidc.allowed_redirect_hosts')
  const isListed = Array.isArray(listed) && listed.includes(origin)
  return !isListed && origin !== originOf(read('app.base_url'))
}

function originOf(value: unknown): string | undefined {
  return typeof value === 'string' ? URL.parse(value)?.origin : undefined
}

function namesBySubdomain(read: Read): boolean {
  const strategies = read('tenancy.strategies')
  return Array.isArray(strategies) && strategies.includes('subdomain')
}

function isEmpty(value: unknown): boolean {
  return !Array.isArray(value) || value.length === 0
}

function sameSecret(read: Read): boolean {
  const [session, csrf] = [read('app.session_signing_secret'), read('app.csrf_signing_secret')]
  return session instanceof Secret && csrf instanceof Secret && session.reveal() === csrf.reveal()
}

function isPublished(value: unknown): boolean {
  return value instanceof Secret && value.reveal() === PUBLISHED_CLIENT_SECRET
}

function isUnfilled(value: unknown): boolean {
  return value instanceof Secret && isPlaceholder(value.reveal())
}

/** One key of each provider that production offers. */
function offered(read: Read, key: string): readonly string[] {
  const providers = read('oidc.providers')
  if (typeof providers !== 'object' || providers === null) return []
  const names = Object.keys(providers).filter((name) => {
    const of = (key: string) => read(`oidc.providers.${name}.${key}`)
    return of('client_id') !== undefined && of('enabled') !== false && of('dev_only') !== true
  })
  return names.map((name) => `oidc.providers.${name}.${key}`)
}
