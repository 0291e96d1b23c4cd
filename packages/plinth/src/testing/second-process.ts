import type { AddressInfo } from 'node:net'
import { buildService } from '../compose/index.ts'
import type { GivenValues } from '../config/index.ts'
import type { EvilProvider } from './evil-provider/index.ts'
import { roomyLimits } from './roomy-limits.ts'
import type { World, WorldOptions } from './world.ts'

/** A process beside that of a world. */
export interface SecondProcess extends AsyncDisposable {
  readonly url: string
}

/**
 * Another process of the same service: the same database, secrets and providers, its own memory.
 * @param settings those that the world was given
 * @param options those of the world; without features it has the platform's routes only, and with a
 *   clock its own idea of the time
 */
export async function startSecondProcess(
  { service, clock }: World,
  providers: readonly EvilProvider[],
  settings: GivenValues = {},
  options: Partial<Pick<WorldOptions, 'features' | 'authenticate' | 'clock'>> = {},
): Promise<SecondProcess> {
  const { app, database } = service.config
  const blocks = providers.flatMap(({ name, settings }) =>
    Object.entries(settings).map(([key, value]) => [`oidc.providers.${name}.${key}`, value]),
  )
  const { app: server, openResources } = await buildService({
    features: [],
    clock,
    ...options,
    file: null,
    env: {},
    values: {
      'app.environment': 'test',
      'app.base_url': app.base_url,
      'app.session_signing_secret': app.session_signing_secret.reveal(),
      'app.csrf_signing_secret': app.csrf_signing_secret.reveal(),
      'database.url': String(database.url),
      'logging.file': null,
      ...roomyLimits,
      ...Object.fromEntries(blocks),
      ...settings,
    },
    logTo: { write: () => undefined },
  })
  await openResources()
  await server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = server.server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server.close() }
}
