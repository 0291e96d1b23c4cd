import { enableCompileCache } from 'node:module'
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { ServiceOptions, StartOptions } from './compose/index.ts'
import { withSmallYoungGeneration } from './young-generation.ts'

/**
 * Runs a service until the process is told to stop: serves, runs jobs, drains on SIGTERM.
 * A refused configuration ends the process with exit code 2 and one line for each fault.
 *
 * Node's compile cache is turned on for the process, so that a later start compiles nothing again.
 * NODE_COMPILE_CACHE names another folder for it, NODE_DISABLE_COMPILE_CACHE=1 turns it off.
 */
export async function start(options: StartOptions): Promise<void> {
  enableCompileCache()
  return withSmallYoungGeneration(async () => {
    const compose = await import('./compose/index.ts')
    return compose.start(options)
  })
}

/**
 * A service as a Fastify instance that does not listen: for a function runtime, a monorepo's own
 * server, or `inject()`. Closing it closes everything behind it.
 * @throws ConfigRefused when the configuration has faults, or row-level security does not bind the
 *   database role
 */
export async function createApp(options: ServiceOptions): Promise<FastifyInstance> {
  const compose = await import('./compose/index.ts')
  return compose.createApp(options)
}

/**
 * A service as a plugin of somebody else's Fastify: their `listen()`, their plugins, and with
 * `authenticate` their identity. Routes that were registered before it stay outside the guard.
 */
export function plinth(options: ServiceOptions): FastifyPluginAsync {
  const plugin: FastifyPluginAsync = async (app, given) => {
    const compose = await import('./compose/index.ts')
    return compose.plinth(options)(app, given)
  }
  // Fastify's own mark for a plugin whose hooks reach the scope that registers it.
  return Object.assign(plugin, { [Symbol.for('skip-override')]: true })
}
