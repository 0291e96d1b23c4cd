import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describeAccess } from 'plinth/access'
import { buildService, renderCensus, type Service, type ServiceOptions } from 'plinth/server'
import { CliError, misuse } from './cli-error.ts'
import { devFolder } from './dev/dev-folder.ts'
import { secretsFor } from './dev/dev-secrets.ts'
import { placeholderEnvironment } from './dev/service-needs.ts'
import { importModule } from './service-process/import-module.ts'

/** One route and its rule. */
export interface RouteLine {
  readonly method: string
  readonly url: string
  /** In words; `OUTSIDE` for a route that Plinth does not guard. */
  readonly access: string
}

/** The routes of the service here, put together as its server does, without listening. */
export function readRoutes(): Promise<{ text: string; list: readonly RouteLine[] }> {
  return withService((service) => {
    const census = service.census()
    const list = census.map(({ method, url, facts }) => ({
      method,
      url,
      access: facts === undefined ? 'OUTSIDE' : describeAccess(facts.access),
    }))
    return { text: renderCensus(census), list }
  })
}

/** The OpenAPI document of the service here. */
export function readOpenApi(): Promise<string> {
  return withService((service) => {
    const document = service.openApi()
    if (document !== undefined) return document
    throw new CliError('http.docs is off, so this service has no OpenAPI document; set it to on.')
  })
}

async function withService<T>(work: (service: Service) => T): Promise<T> {
  const { service } = devFolder()
  return putTogether(service, await registryOf(service), work)
}

/** What `src/generated/` keeps of a service: its census, and its OpenAPI document if it has one. */
export function describeService(
  service: string,
  features: ServiceOptions['features'],
): Promise<{ census: string; openApi: string | undefined }> {
  return putTogether(service, features, (built) => ({
    census: renderCensus(built.census()),
    openApi: built.openApi(),
  }))
}

async function putTogether<T>(
  root: string,
  features: ServiceOptions['features'],
  work: (service: Service) => T,
): Promise<T> {
  const service = await buildService({
    features,
    cwd: root,
    env: { ...placeholderEnvironment, ...secretsFor(devFolder(root).secrets), ...process.env },
    rules: [],
    values: { 'logging.file': null },
    logTo: { write: () => true },
  })
  try {
    await service.app.ready()
    return work(service)
  } finally {
    await service.app.close()
  }
}

/** The features that `src/main.ts` starts. */
async function registryOf(service: string): Promise<ServiceOptions['features']> {
  if (!existsSync(join(service, REGISTRY)))
    throw misuse('There is no src/generated/registry.ts yet; run `plinth sync`, which writes it.')
  const found: { registry?: unknown } = await importModule(service, REGISTRY)
  if (!Array.isArray(found.registry))
    throw new CliError('src/generated/registry.ts is not what `plinth sync` writes; run it.')
  return found.registry
}

const REGISTRY = 'src/generated/registry.ts'
