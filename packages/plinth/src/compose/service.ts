import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Principal } from '../access/index.ts'
import type { Database, DatabaseOptions, Outbox } from '../data/index.ts'
import { openDatabase } from '../data/index.ts'
import type { Feature } from '../feature/index.ts'
import type { RenderProblem } from '../http/index.ts'
import { bringForeignRoutes, createCsrf, createServer } from '../http/index.ts'
import type { IdentityHooks } from '../identity/index.ts'
import type { JobRights, RunnableJob, Worker } from '../jobs/index.ts'
import { createOutbox, startWorker } from '../jobs/index.ts'
import type { Clock } from '../kernel/index.ts'
import { createServiceClock } from '../kernel/index.ts'
import type { Notify } from '../notify/index.ts'
import { createNotify } from '../notify/index.ts'
import { createOutbound } from '../outbound/index.ts'
import type { Metrics, RootLog, Tracer } from '../telemetry/index.ts'
import { createLog, createMetrics, createTracer } from '../telemetry/index.ts'
import type { TenantSettings } from '../tenancy/index.ts'
import { keepTenantPath, splitsPaths, splitTenantPath } from '../tenancy/index.ts'
import { announce } from './announce.ts'
import { showClock } from './clock-metric.ts'
import type { Drain } from './drain.ts'
import { createDrain } from './drain.ts'
import type { ConfigPlace, LoadedConfig } from './load-service-config.ts'
import { loadServiceConfig } from './load-service-config.ts'
import type { Replacements } from './platform-features.ts'
import { platformFeatures } from './platform-features.ts'
import { createRefusalRecorder } from './record-refusal.ts'
import { refuseSharedAreas } from './refuse-shared-areas.ts'
import type { Served } from './serve-http.ts'
import { serveHttp } from './serve-http.ts'
import type { ServiceConfig } from './settings.ts'
import { traceRequests } from './trace-requests.ts'

/** Finds the principal of a request; undefined for nobody. */
export type AuthenticateRequest = (
  request: FastifyRequest,
) => Principal | undefined | Promise<Principal | undefined>

/** What a service is made from. */
export interface ServiceOptions extends ConfigPlace {
  readonly features: readonly Feature[]
  /** Somebody else's identity instead of Plinth's own: `/auth` and its sessions are left out. */
  readonly authenticate?: AuthenticateRequest
  /** Features of the platform that the service brings itself; `plinth eject` makes them. */
  readonly replace?: Replacements
  /** What each tenant may set for itself, made by `tenantSettings()` of plinth/tenancy. */
  readonly tenantSettings?: TenantSettings
  /** Where the service has its own word in identity. */
  readonly hooks?: IdentityHooks
  /** Somebody else's server instead of one of our own. */
  readonly app?: FastifyInstance
  /** Puts every error into the service's own form; its status stays. */
  readonly renderProblem?: RenderProblem
  readonly clock?: Clock
  /** Where log lines go instead of standard output. */
  readonly logTo?: { write(line: string): unknown }
  /** Told what goes to the database in each round trip: for tools that explain it. */
  readonly onStatements?: DatabaseOptions['onStatements']
}

/** What every part of a running service is given. */
export interface Parts {
  readonly loaded: LoadedConfig
  readonly config: ServiceConfig
  readonly clock: Clock
  readonly log: RootLog
  readonly metrics: Metrics
  readonly database: Database
  readonly notify: Notify
  /** Undefined unless OTEL_ENABLED. */
  readonly tracer: Tracer | undefined
}

/** A service that is ready to listen. */
export interface Service extends Parts, Served {
  readonly app: FastifyInstance
  readonly features: readonly Feature[]
  readonly jobs: readonly RunnableJob[]
  readonly rights: JobRights
  readonly drain: Drain
  /** Opens the features' resources, in order. */
  openResources(): Promise<void>
  startWorker(): Promise<Worker>
}

/**
 * Puts a service together: configuration, database, features, server. Nothing listens yet and
 * nothing was asked of the database.
 * @throws ConfigRefused when the configuration has faults
 * @throws TypeError when features claim one route, or a permission of the platform
 */
export async function buildService(options: ServiceOptions): Promise<Service> {
  const loaded = await loadServiceConfig(options)
  const late: { outbox?: Outbox; drain?: Drain; worker?: Promise<Worker> } = {}
  const tracer = await createTracer(loaded.config.telemetry)
  const parts = openParts({ ...options, tracer }, loaded, () => late.outbox ?? missingOutbox())
  const draining = () => late.drain?.draining() ?? false
  const csrf = createCsrf(parts.config.app.csrf_signing_secret)
  const refused = createRefusalRecorder({ ...parts, platform: parts.database.platform })
  const platform = platformFeatures({
    ...parts,
    ...options,
    draining,
    csrfTokenFor: csrf.tokenFor,
    refused,
  })
  refuseSharedAreas(platform.features, options.features)
  const features = [...platform.features, ...options.features]
  const jobs = [...parts.notify.jobs, ...features.flatMap((one) => one.jobs ?? [])]
  late.outbox = createOutbox({ jobs, settings: parts.config.jobs })
  const rights: JobRights = {
    everybodys: parts.config.tenancy.member_permissions,
    refused,
  }
  const app = options.app ?? serverFor(parts.config, !bringForeignRoutes(options.features))
  const drain = createDrain({
    app,
    delayMs: parts.config.http.drain_delay_ms,
    timeoutMs: parts.config.http.drain_timeout_ms,
  })
  late.drain = drain
  if (tracer !== undefined) traceRequests(app, tracer)
  platform.keepCookies?.(app)
  const served = await serveHttp(app, {
    ...parts,
    ...platform,
    features,
    refused,
    renderProblem: options.renderProblem,
    own: options.app === undefined,
  })
  const resources = features.flatMap((one) => one.resources ?? [])
  // Fastify calls this after the last request in flight.
  app.addHook('onClose', async () => {
    // Also one that is still starting: a job that it took would end with the process.
    const worker = await late.worker?.catch(() => undefined)
    await worker?.drain()
    for (const resource of resources.toReversed()) await resource.close?.()
    await parts.database.close()
    await parts.log.flush()
  })
  return {
    ...parts,
    app,
    features,
    jobs,
    rights,
    ...served,
    drain,
    openResources: async () => {
      for (const resource of resources) await resource.open?.()
    },
    startWorker: () => {
      late.worker = startWorker({ ...parts, jobs, rights, settings: parts.config.jobs })
      return late.worker
    },
  }
}

function serverFor({ http, tenancy }: ServiceConfig, onlyOwnRoutes: boolean): FastifyInstance {
  if (!splitsPaths(tenancy)) return createServer(http, { onlyOwnRoutes })
  const app = createServer(http, { onlyOwnRoutes, rewriteUrl: splitTenantPath })
  keepTenantPath(app)
  return app
}

type PartsOptions = ServiceOptions & Pick<Parts, 'tracer'>

function openParts(options: PartsOptions, loaded: LoadedConfig, outbox: () => Outbox): Parts {
  const { config } = loaded
  const clock = options.clock ?? createServiceClock()
  const log = createLog({
    settings: config.logging,
    clock,
    personal: personalFields(options.features),
    ...(options.logTo && { stream: options.logTo }),
  })
  const metrics = createMetrics({ droppedLines: log.dropped })
  showClock(metrics, clock)
  const { onStatements } = options
  const watched = onStatements && { onStatements }
  const database = openDatabase({
    settings: config.database,
    cursorSecret: config.app.session_signing_secret,
    clock,
    log,
    outbox,
    ...watched,
  })
  const outbound = createOutbound({ settings: config.outbound, clock, log })
  const secret = config.app.session_signing_secret
  const notify = createNotify({ settings: config.notify, log, clock, secret, outbound })
  for (const sentence of [options.tracer?.announcement, notify.announcement]) {
    if (sentence !== undefined) log.warn({}, sentence)
  }
  announce(loaded, {}, { log, metrics })
  return { loaded, config, clock, log, metrics, database, notify, tracer: options.tracer }
}

/** Fields that an entity declares as personal are kept out of every log line, whatever logs them. */
function personalFields(features: readonly Feature[]): ReadonlySet<string> {
  const entities = features.flatMap((one) => one.entities ?? [])
  return new Set(entities.flatMap(({ declaration }) => declaration.pii))
}

function missingOutbox(): never {
  throw new TypeError('a transaction enqueued before the service was put together')
}
