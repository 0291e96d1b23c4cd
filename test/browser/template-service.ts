import path from 'node:path'
import type { RunningProvider } from '../../packages/plinth/src/dev/index.ts'
import { freePort, startProvider, testClient } from '../../packages/plinth/src/dev/index.ts'
import type { Feature } from '../../packages/plinth/src/feature/index.ts'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { startWorld } from '../../packages/plinth/src/testing/index.ts'
import { registry as features } from '../../template/src/generated/registry.ts'

/** The template's service on its real address, beside the development identity provider. */
export interface TemplateService extends AsyncDisposable {
  readonly url: string
  readonly world: World
  readonly provider: RunningProvider
}

/** What a test says about the service. */
export interface TemplateServiceOptions {
  /** Settings by dotted key. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** Where browsers reach it, when that is not the port it listens on. */
  readonly baseUrl?: string
  /** Name of the host that browsers use; `localhost` by default, which is also the provider's site. */
  readonly host?: 'localhost' | '127.0.0.1'
  /** Features beside those of the template. */
  readonly features?: readonly Feature[]
}

const TRIES = 3

/** Starts one. Browsers and clients reach it under `app.base_url` itself. */
export async function openTemplateService(
  options: TemplateServiceOptions = {},
): Promise<TemplateService> {
  // The base URL names the port, so it must be known before anything listens on it, and somebody may be quicker.
  for (let tries = 1; ; tries++) {
    try {
      return await openAt(await freePort(), options)
    } catch (error) {
      if (tries === TRIES || !(error instanceof Error && 'code' in error)) throw error
      if (error.code !== 'EADDRINUSE') throw error
    }
  }
}

async function openAt(port: number, options: TemplateServiceOptions): Promise<TemplateService> {
  await using opening = new AsyncDisposableStack()
  const log = { info() {}, warn() {}, error() {} }
  const url = options.baseUrl ?? `http://${options.host ?? 'localhost'}:${port}`
  const client = testClient([url])
  const provider = await startProvider({ port: 0, clients: [client], log })
  opening.defer(() => provider.stop())
  const world = await startWorld({
    features: [...features, ...(options.features ?? [])],
    migrations: path.join(import.meta.dirname, '../../template/migrations'),
    port,
    settings: {
      'app.base_url': url,
      'oidc.providers.keycloak.issuer': provider.issuer,
      'oidc.providers.keycloak.client_id': client.clientId,
      'oidc.providers.keycloak.client_secret': client.clientSecret,
      ...options.settings,
    },
  })
  opening.use(world)
  const opened = opening.move()
  return { url, world, provider, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}
