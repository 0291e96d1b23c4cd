import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { ServiceOptions } from './service.ts'
import { buildService } from './service.ts'
import { requireSafeRole } from './watch-role.ts'

/**
 * A service as a Fastify instance that does not listen: for a function runtime, a monorepo's own
 * server, or `inject()`. Closing it closes everything behind it.
 * @throws ConfigRefused when the configuration has faults, or row-level security does not bind the
 *   database role
 */
export async function createApp(options: ServiceOptions): Promise<FastifyInstance> {
  const service = await buildService(options)
  try {
    await service.openResources()
    await service.app.ready()
    await requireSafeRole(service)
  } catch (error) {
    await service.app.close()
    throw error
  }
  return service.app
}

/**
 * A service as a plugin of somebody else's Fastify: their `listen()`, their plugins, and with
 * `authenticate` their identity. Routes that were registered before it stay outside the guard.
 */
export function plinth(options: ServiceOptions): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async (app) => {
    const service = await buildService({ ...options, app })
    app.addHook('onReady', async () => {
      await service.openResources()
      await requireSafeRole(service)
    })
  }
  // Fastify's own mark for a plugin whose hooks reach the scope that registers it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
