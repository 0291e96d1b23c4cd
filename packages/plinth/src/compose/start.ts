import { onCrash } from '../telemetry/index.ts'
import { ConfigRefused } from './load-service-config.ts'
import type { Service, ServiceOptions } from './service.ts'
import { buildService } from './service.ts'
import { watchRole } from './watch-role.ts'

/** What `start()` runs in this process. */
export interface StartOptions extends Omit<ServiceOptions, 'app'> {
  /** `api` serves HTTP and runs jobs too unless `jobs.in_api` is false; `worker` only runs jobs. */
  readonly run?: 'api' | 'worker'
}

/**
 * Runs a service until the process is told to stop: serves, runs jobs, drains on SIGTERM.
 * A refused configuration ends the process with exit code 2 and one line for each fault.
 */
export async function start(options: StartOptions): Promise<void> {
  if (takenByTool(options)) return
  const service = await buildOrExit(options)
  const { app, config, drain, log } = service
  leaveOnSignals(service)
  onCrash({ process, log, drain: () => drain.leave() })
  await service.openResources()
  if (options.run === 'worker') {
    await app.ready()
    await service.startWorker()
    log.info({}, 'worker started')
  } else {
    await listen(service)
    // After: requests need not wait for the queue's library to load.
    if (config.jobs.in_api) await service.startWorker()
  }
  const refusal = await watchRole(service)
  if (refusal === undefined) return
  process.stderr.write(`${refusal}\n`)
  process.exit(2)
}

const TAKER = Symbol.for('plinth.start')

/**
 * A tool that wants to know what a `main.ts` starts, `plinth attack` for one, takes the options before
 * anything begins. Nobody does in a running service.
 */
function takenByTool(options: StartOptions): boolean {
  const taker: unknown = Reflect.get(globalThis, TAKER)
  if (typeof taker !== 'function') return false
  taker(options)
  return true
}

async function buildOrExit(options: StartOptions): Promise<Service> {
  try {
    return await buildService(options)
  } catch (error) {
    if (!(error instanceof ConfigRefused)) throw error
    process.stderr.write(`${error.lines.join('\n')}\n`)
    process.exit(2)
  }
}

async function listen({ app, config, log }: Service): Promise<void> {
  const { host, port } = config.app
  try {
    const url = await app.listen({ host, port })
    log.info({ url }, 'listening')
  } catch (error) {
    if (!isTaken(error)) throw error
    process.stderr.write(
      `app.port: ${port} is taken on ${host} → set APP_PORT to another port, or stop what listens there.\n`,
    )
    process.exit(2)
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
}

/** SIGTERM and SIGINT drain; the second one does not wait. */
function leaveOnSignals({ drain, log }: Service): void {
  let asked = false
  const leave = (signal: NodeJS.Signals) => {
    if (asked) process.exit(1)
    asked = true
    log.info({ signal }, 'draining')
    void drain.leave().then(
      () => process.exit(0),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', leave)
  process.on('SIGINT', leave)
}
