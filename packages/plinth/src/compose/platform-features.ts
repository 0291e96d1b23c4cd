import type { Feature } from '../feature/index.ts'
import { acrDemanded, feature } from '../feature/index.ts'
import type { HttpDeps } from '../http/index.ts'
import {
  docsFeature,
  forgetIdempotencyKeys,
  healthFeature,
  policyReportsFeature,
} from '../http/index.ts'
import type {
  IdentityDeps,
  IdentityHooks,
  IdentityRoom,
  PageReaders,
  SessionCache,
} from '../identity/index.ts'
import {
  createIdentity,
  createSessionCache,
  doorkeeper,
  lackingFactor,
  ownReturnTo,
  ownWays,
  sessionCookieName,
  signInChoices,
} from '../identity/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Pages } from '../pages/index.ts'
import { createPages } from '../pages/index.ts'
import type { RolesDeps, Standings, TenantSettings } from '../tenancy/index.ts'
import {
  configuredStrategies,
  createPlaceInTenant,
  createStandings,
  createWelcome,
  lateCatalogue,
  rolesFeature,
  tenancyFeature,
} from '../tenancy/index.ts'
import type { WebDeps } from '../web/index.ts'
import { ACCOUNT_PAGE, webFeature } from '../web/index.ts'
import { clockSkewMetric } from './clock-skew-metric.ts'
import { metricsFeature } from './metrics-feature.ts'
import { healthChecks } from './probes.ts'
import type { AuthenticateRequest, Parts } from './service.ts'
import { showSessionCache } from './session-cache-metrics.ts'
import type { ServiceConfig } from './settings.ts'

/** What the platform brings to every service. */
export interface Platform {
  readonly features: readonly Feature[]
  readonly authenticate: AuthenticateRequest
  /** Undefined with somebody else's identity. */
  readonly keepCookies: IdentityRoom['keepCookies'] | undefined
  readonly sessionCookie: string
  readonly placeInTenant: HttpDeps['placeInTenant']
  readonly pages: Pages
  /** Whether OpenAPI is collected and served. */
  readonly documented: boolean
}

/**
 * What of the platform a service may make itself: what people see. Who is who, and who may do what,
 * stays in the platform, where a fix reaches it.
 */
export interface Replacements {
  /** The sign-in page, the account page, and the page that asks before accounts are linked. */
  readonly web?: (deps: WebDeps) => Feature
}

/** What the platform's features are made from, beside the parts of the service. */
export interface PlatformOptions extends Parts {
  /** The service's own features: their resources count for readiness. */
  readonly features: readonly Feature[]
  /** Somebody else's identity; then ours is left out. */
  readonly authenticate?: AuthenticateRequest
  readonly replace?: Replacements
  readonly tenantSettings?: TenantSettings
  readonly hooks?: IdentityHooks
  readonly csrfTokenFor: IdentityDeps['csrfTokenFor']
  readonly refused: IdentityDeps['refused']
  readonly draining: () => boolean
}

/** Pages, health, metrics, documents, and unless somebody else's is given, identity. */
export function platformFeatures(options: PlatformOptions): Platform {
  const { config, clock, log, metrics, database } = options
  const documented = servesDocs(config.http.docs, config.app.environment)
  const catalogue = lateCatalogue(() => [...named, ...options.features])
  const identity = options.authenticate === undefined ? ownIdentity(options, catalogue) : undefined
  const standings = createStandings(database, config.sessions.cache_entries)
  const pages = createPages({
    service: config.app.name,
    links: documented ? DOCS_LINK : [],
    ...(identity && { account: ACCOUNT_PAGE }),
  })
  const named: readonly Feature[] =
    identity === undefined
      ? []
      : [
          identity.feature,
          tenancyOf(options, { standings: forgetter(standings, identity), catalogue }),
          rolesOf(options, { standings: forgetter(standings, identity), catalogue }),
          identity.web,
        ]
  const checks = healthChecks(config, database, [...named, ...options.features])
  const { environment } = config.app
  return {
    features: [
      pages.feature,
      healthFeature({ environment, checks, clock, draining: options.draining }),
      metricsFeature(metrics, config.telemetry.metrics_token),
      feature('http', { jobs: [forgetIdempotencyKeys] }),
      policyReportsFeature({ clock, log, perMinute: config.http.csp_reports_per_minute }),
      ...(documented ? [docsOf(options)] : []),
      ...named,
    ],
    authenticate: options.authenticate ?? identity?.authenticate ?? nobody,
    keepCookies: identity?.keepCookies,
    sessionCookie: sessionCookieName(config.app.base_url),
    placeInTenant: placement(options, standings),
    pages,
    documented,
  }
}

function placement(
  { config, authenticate, hooks, clock, database }: PlatformOptions,
  standings: Standings,
) {
  const ownPeople = authenticate === undefined
  return createPlaceInTenant({
    settings: config.tenancy,
    strategies: configuredStrategies(config.tenancy, config.app.trusted_proxies),
    standings,
    ownPeople,
    doorkeeper: doorkeeper(hooks),
    ...(ownPeople && {
      lackingFactor: lackingFactor({ clock, settings: config.mfa, platform: database.platform }),
    }),
  })
}

type RightsDeps = Pick<RolesDeps, 'standings' | 'catalogue'>

function tenancyOf(options: PlatformOptions, { standings, catalogue }: RightsDeps) {
  const { config, database, clock, tenantSettings } = options
  return tenancyFeature({
    settings: config.tenancy,
    database,
    clock,
    standings,
    catalogue,
    entities: options.features.flatMap((one) => one.entities ?? []),
    tenantSettings,
  })
}

function rolesOf({ config, clock }: PlatformOptions, { standings, catalogue }: RightsDeps) {
  const { member_permissions: memberPermissions } = config.tenancy
  return rolesFeature({ clock, standings, catalogue, memberPermissions })
}

/** Drops what this process has in memory of whose rights it changed: standings and sessions. */
function forgetter(
  standings: Standings,
  { sessionCache }: { readonly sessionCache: SessionCache },
): RolesDeps['standings'] {
  return {
    forget: (subject, id) => {
      standings.forget(subject, id)
      if (subject === 'person') sessionCache.forget(id)
    },
  }
}

/** In mode none there is one tenant, and no claim says otherwise. */
function tenantClaim({ mode, strategies, claim_name: name }: ServiceConfig['tenancy']) {
  return mode !== 'none' && strategies.includes('claim') ? name : undefined
}

const DOCS_LINK = [{ text: 'API', href: '/docs' }]

const nobody: AuthenticateRequest = async () => undefined

function ownIdentity(options: PlatformOptions, catalogue: RolesDeps['catalogue']) {
  const { config, clock, log, database, notify, csrfTokenFor, metrics } = options
  const { cache_entries: most } = config.sessions
  const sessionCache = createSessionCache({ listen: database.listen, most })
  showSessionCache(metrics, sessionCache)
  const deps: IdentityDeps = {
    app: config.app,
    oidc: config.oidc,
    jwt: config.jwt,
    onClockSkew: clockSkewMetric(metrics),
    tenantClaim: tenantClaim(config.tenancy),
    sessions: config.sessions,
    accounts: config.accounts,
    mfa: config.mfa,
    people: config.people,
    entities: options.features.flatMap((one) => one.entities ?? []),
    passkeys: config.passkeys,
    tokens: config.tokens,
    oauth: config.oauth,
    apiKeys: config.api_keys,
    catalogue,
    memberPermissions: config.tenancy.member_permissions,
    platform: database.platform,
    listen: database.listen,
    ...(most > 0 && { sessionCache }),
    clock,
    outbound: createOutbound({ settings: config.outbound, clock, log }),
    notify,
    tenancy: createWelcome(config.tenancy.mode, doorkeeper(options.hooks)),
    csrfTokenFor,
    refused: options.refused,
    acrValues: acrDemanded(options.features),
    hooks: options.hooks,
    log,
  }
  const room = createIdentity(deps)
  return {
    ...room,
    sessionCache,
    web: webPages(deps, room.readers, options.replace?.web),
  }
}

function webPages(deps: IdentityDeps, readers: PageReaders, make = webFeature): Feature {
  return make({
    service: deps.app.name,
    choices: signInChoices(deps.oidc, deps.app.environment === 'production'),
    ways: ownWays(deps),
    slots: deps.hooks?.signInSlots,
    returnTo: (asked) => ownReturnTo(deps, asked),
    ...readers,
  })
}

function docsOf({ config, log }: PlatformOptions): Feature {
  return docsFeature({
    title: config.app.name,
    docs: config.http.docs === 'on' ? 'on' : 'auto',
    log,
  })
}

function servesDocs(docs: 'auto' | 'on' | 'off', environment: string): boolean {
  return docs === 'on' || (docs === 'auto' && environment !== 'production')
}
