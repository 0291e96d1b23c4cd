import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Feature } from '../feature/index.ts'
import type { CensusEntry, HttpDeps } from '../http/index.ts'
import {
  acceptJsonOnly,
  completeServer,
  installGuard,
  registerFeatures,
  registerOpenApi,
  renderOpenApi,
  routesOutside,
} from '../http/index.ts'
import type { Pages } from '../pages/index.ts'
import { endpointFaults } from './endpoint-limits.ts'
import { ConfigRefused } from './load-service-config.ts'
import { createObserver } from './observe.ts'
import { openRateLimitStore } from './rate-limit-store.ts'
import { createRateLimits } from './rate-limits.ts'
import type { AuthenticateRequest, Parts } from './service.ts'

/** What the server is given beside the parts of the service. */
export interface ServeOptions extends Parts {
  readonly features: readonly Feature[]
  readonly pages: Pages
  readonly authenticate: AuthenticateRequest
  readonly sessionCookie: string
  readonly placeInTenant: HttpDeps['placeInTenant']
  readonly documented: boolean
  readonly renderProblem: HttpDeps['renderProblem']
  readonly refused: HttpDeps['refused']
  /** Whether the server is ours: then unknown addresses and preflights are answered too. */
  readonly own: boolean
}

/** What a served service can say of itself. */
export interface Served {
  /** Every route with its rule. */
  readonly census: () => readonly CensusEntry[]
  /** The OpenAPI document as it is committed; undefined where documents are off. Ask a ready server. */
  readonly openApi: () => string | undefined
}

/**
 * Puts guard and features on a server.
 * @throws ConfigRefused when a limit is configured for a route that is not there, or Redis without its client
 */
export async function serveHttp(app: FastifyInstance, options: ServeOptions): Promise<Served> {
  const { config, features, own, documented, sessionCookie } = options
  const deps = httpDeps(options, await openLimits(app, options))
  const outside = own ? [] : await routesBefore(app)
  const { census, methods } = installGuard(app, deps)
  if (own) completeServer(app, deps, methods)
  const held: { scope?: FastifyInstance } = {}
  // A scope of its own: a host that brings its own document or body parsers keeps them.
  const scope: FastifyPluginAsync = async (inner) => {
    held.scope = inner
    const { name: title, version } = config.app
    if (documented) registerOpenApi(inner, { title, version, sessionCookie })
    acceptJsonOnly(inner, {
      maxDepth: config.http.json_max_depth,
      maxItems: config.http.json_max_items,
    })
    await registerFeatures(inner, features, config.app.compat)
  }
  await app.register(scope)
  const faults = endpointFaults(config.rate_limiter.endpoints, census)
  if (faults.length > 0) throw new ConfigRefused(faults)
  return {
    census: () => [...outside, ...census],
    openApi: () => (documented && held.scope ? renderOpenApi(held.scope) : undefined),
  }
}

/** Limits whose connection lives as long as the server. */
async function openLimits(app: FastifyInstance, options: ServeOptions) {
  const { windows, redis } = await openRateLimitStore(options)
  app.addHook('onReady', async () => redis?.open())
  app.addHook('onClose', async () => redis?.close())
  return createRateLimits(options, windows)
}

async function routesBefore(app: FastifyInstance): Promise<readonly CensusEntry[]> {
  await app.after()
  return routesOutside(app)
}

function httpDeps(options: ServeOptions, rateLimiter: HttpDeps['rateLimiter']): HttpDeps {
  const { config, clock, log, metrics, database, pages } = options
  return {
    settings: config.http,
    baseUrl: config.app.base_url,
    cors: config.app.cors,
    trustedProxies: config.app.trusted_proxies,
    csrfSecret: config.app.csrf_signing_secret,
    sessionCookie: options.sessionCookie,
    clock,
    log,
    rateLimiter,
    authenticate: options.authenticate,
    placeInTenant: options.placeInTenant,
    dbFor: (tenant, caller) => database.forTenant(tenant, caller),
    observe: createObserver(config.http, log, metrics),
    refused: options.refused,
    renderProblem: options.renderProblem,
    renderPage: pages.renderPage,
    renderProblemPage: pages.renderProblemPage,
  }
}
