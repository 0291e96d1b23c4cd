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
    const sentence = whyNotListening(error, config.app)
    if (sentence === undefined) throw error
    process.stderr.write(`${sentence}\n`)
    process.exit(2)
  }
}

/** What a person can mend about the place that was to be listened on; undefined for anything else. */
function whyNotListening(
  error: unknown,
  { host, port }: Service['config']['app'],
): string | undefined {
  switch (error instanceof Error && 'code' in error ? error.code : undefined) {
    case 'EADDRINUSE':
      return `app.port: ${port} is taken on ${host} → set APP_PORT to another port, or stop what listens there.`
    case 'EACCES':
      return `app.port: this user may not listen on ${port} → set APP_PORT to a port above 1023, and let a proxy have ${port}.`
    case 'EADDRNOTAVAIL':
      return `app.host: ${host} is no address of this machine → set APP_HOST to localhost, to 0.0.0.0 for all addresses, or to one of its own.`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `app.host: no address is known for the name "${host}" → set APP_HOST to localhost, to 0.0.0.0 for all addresses, or to one of this machine.`
    default:
      return undefined
  }
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
