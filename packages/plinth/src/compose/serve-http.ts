import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Feature } from '../feature/index.ts'
import type { CensusEntry, HttpDeps } from '../http/index.ts'
import {
  acceptJsonOnly,
  completeServer,
  installGuard,
  registerFeatures,
  registerOpenApi,
  routesOutside,
} from '../http/index.ts'
import type { Pages } from '../pages/index.ts'
import { createObserver } from './observe.ts'
import { createRefusalRecorder } from './record-refusal.ts'
import type { AuthenticateRequest, Parts } from './service.ts'

/** What the server is given beside the parts of the service. */
export interface ServeOptions extends Parts {
  readonly features: readonly Feature[]
  readonly pages: Pages
  readonly authenticate: AuthenticateRequest
  readonly sessionCookie: string
  readonly placeInTenant: HttpDeps['placeInTenant']
  readonly documented: boolean
  /** Whether the server is ours: then unknown addresses and preflights are answered too. */
  readonly own: boolean
}

/** Puts guard and features on a server. */
export async function serveHttp(
  app: FastifyInstance,
  options: ServeOptions,
): Promise<() => readonly CensusEntry[]> {
  const { config, features, own } = options
  const deps = httpDeps(options)
  const outside = own ? [] : await routesBefore(app)
  if (options.documented) {
    const { name: title } = config.app
    await registerOpenApi(app, { title, version: '1', sessionCookie: options.sessionCookie })
  }
  const { census } = installGuard(app, deps)
  if (own) completeServer(app, deps)
  const scope: FastifyPluginAsync = async (inner) => {
    acceptJsonOnly(inner, {
      maxDepth: config.http.json_max_depth,
      maxItems: config.http.json_max_items,
    })
    await registerFeatures(inner, features)
  }
  await app.register(scope)
  return () => [...outside, ...census]
}

async function routesBefore(app: FastifyInstance): Promise<readonly CensusEntry[]> {
  await app.after()
  return routesOutside(app)
}

function httpDeps(options: ServeOptions): HttpDeps {
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
    authenticate: options.authenticate,
    placeInTenant: options.placeInTenant,
    dbFor: (tenant) => database.forTenant(tenant),
    observe: createObserver(config.http, log, metrics),
    refused: createRefusalRecorder(database.platform, log),
    renderPage: pages.renderPage,
    renderProblemPage: pages.renderProblemPage,
  }
}
