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

/** Starts one. Browsers and clients reach it under `app.base_url` itself. */
export async function openTemplateService(
  options: TemplateServiceOptions = {},
): Promise<TemplateService> {
  const log = { info() {}, warn() {}, error() {} }
  // The base URL names the port, so it must be known before anything listens on it.
  const port = await freePort()
  const url = options.baseUrl ?? `http://${options.host ?? 'localhost'}:${port}`
  const client = testClient([url])
  const provider = await startProvider({ port: 0, clients: [client], log })
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
  return {
    url,
    world,
    provider,
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await provider.stop()
    },
  }
}
