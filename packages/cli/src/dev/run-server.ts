import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { type DevFolder, devFolder } from './dev-folder.ts'
import { ensureSecrets } from './dev-secrets.ts'
import { clearState, readState, type ServicesState, writeState } from './dev-state.ts'
import { freePort } from './free-port.ts'
import { callAtKeycloakLogout } from './keycloak-part.ts'
import { isRunning, markOf, signal } from './process-stamp.ts'
import { type ProviderChoice, refuseOtherProvider } from './provider-choice.ts'
import { API, type Generation, outputTo, ReloadingServer } from './reloading-server.ts'
import { rememberedNeeds } from './remembered-needs.ts'
import {
  earlyEnvironment,
  onPort,
  type ServerOptions,
  serverEnvironment,
} from './server-environment.ts'
import { startWaitingServer, type WaitingServer } from './server-process.ts'
import type { NeedsRequest, ServiceNeeds } from './service-needs.ts'
import { migrateAll } from './set-up-database.ts'
import { type Services, type ServicesRequest, startServices } from './start-services.ts'
import { stopRequested } from './stop-signals.ts'
import { syncBeforeStart } from './sync-before-start.ts'
import { alarming, quiet, say, whileWaiting } from './terminal.ts'
import { watchFiles } from './watch-files.ts'
import { welcome } from './welcome.ts'

/** What `plinth dev` was asked. */
export interface RunOptions extends ServerOptions {
  readonly port: number | undefined
  readonly reload: boolean
  readonly provider: ProviderChoice | undefined
}

const DRAIN_MS = 10_000
const CONFIGURATION = /^(config\.yaml|\.env)/

/** Runs a service with all it needs until it is told to stop; everything it started is stopped then. */
export async function runServer(options: RunOptions): Promise<void> {
  const folder = devFolder()
  refuseSecond(folder)
  let session: Session | undefined
  const stop = stopRequested({
    first: () => say(quiet('Stopping …')),
    again: () => void endNow(session),
  })
  session = await openSession(folder, options)
  const { server, services } = session
  // Who asked for the end while the database was made gets no server first.
  const asked = await Promise.race([stop, undefined])
  const why = asked ?? (await serveUntil(stop, { session, options }))
  await server.stop(DRAIN_MS)
  clearState(folder.home, 'server')
  await services.stop?.(false)
  process.exit(why === 'given up' ? 1 : 0)
}

interface Serving {
  readonly session: Session
  readonly options: RunOptions
}

/** Starts the server and reloads it on change, until the end is asked for or it gave up. */
async function serveUntil(
  stop: Promise<'stop'>,
  { session, options }: Serving,
): Promise<'stop' | 'given up'> {
  const { folder, server, services, url } = session
  const first = whileWaiting('Starting the server', server.start())
  const begun = await Promise.race([stop, first])
  // Before anything is said: whoever reads it may save a file at once.
  const watching = options.reload
    ? await watchFiles(folder.service, (files) => server.reload(files))
    : undefined
  if (begun === true) say(welcome({ url, services: services.state }))
  const why = await Promise.race([
    stop,
    server.givenUp.then(() => 'given up' as const),
    lostOf(services),
  ])
  watching?.close()
  if (why === 'given up') say(quiet('Stopping …'))
  return why
}

/** Without its database there is nothing to serve: the end, and why. */
async function lostOf({ lost }: UsedServices): Promise<'given up'> {
  if (lost === undefined) return new Promise(() => undefined)
  say(alarming(await lost))
  return 'given up'
}

/** The second Ctrl-C: nothing is waited for. */
async function endNow(session: Session | undefined): Promise<void> {
  await session?.server.stop(0)
  if (session !== undefined) clearState(session.folder.home, 'server')
  await session?.services.stop?.(true)
  process.exit(130)
}

/** `stop` only where this process started them. */
type UsedServices = Pick<Services, 'state' | 'callAtLogout'> &
  Partial<Pick<Services, 'stop' | 'lost'>>

interface Session {
  readonly folder: DevFolder
  readonly server: ReloadingServer
  readonly services: UsedServices
  readonly url: string
}

/** The server's process loads the runtime while the services start; it has the machine's other core. */
async function openSession(folder: DevFolder, options: RunOptions): Promise<Session> {
  const request = {
    service: folder.service,
    env: process.env,
    secrets: ensureSecrets(folder.secrets),
  }
  const needs = await rememberedNeeds(folder.home, request)
  const ahead = startWaitingServer({
    service: folder.service,
    entry: API,
    environment: earlyEnvironment(folder),
    output: outputTo(serverLog(folder)),
  })
  try {
    return await sessionAround(ahead, { folder, request, needs, options })
  } catch (error) {
    await ahead.stop(0)
    throw error
  }
}

function serverLog({ logs }: DevFolder): string {
  return join(logs, 'server.log')
}

interface SessionParts {
  readonly folder: DevFolder
  readonly request: NeedsRequest
  readonly needs: ServiceNeeds
  readonly options: RunOptions
}

async function sessionAround(ahead: WaitingServer, parts: SessionParts): Promise<Session> {
  const { folder, request, options } = parts
  let { needs } = parts
  const { secrets } = request
  const services = await servicesFor({ folder, secrets, needs, provider: options.provider })
  const wanted = options.port ?? needs.port
  const port = await freePort(wanted)
  if (port !== wanted)
    say(`Port ${wanted} is taken by another program, so the service is on ${port}.`)
  const url = onPort(needs.baseUrl, needs.port, port)
  await services.callAtLogout(`${url}/auth/web/backchannel-logout/keycloak`)
  const prepare = async (changed: readonly string[]): Promise<Generation> => {
    await syncBeforeStart(folder)
    if (changed.some((file) => CONFIGURATION.test(file))) {
      needs = await rememberedNeeds(folder.home, request)
      refuseNewNeeds(needs, services.state)
    }
    const { ownerUrl } = services.state ?? {}
    const migrationsChanged = changed.some((file) => file.startsWith('migrations/'))
    if (migrationsChanged && needs.database && ownerUrl !== undefined)
      await migrateAll({ folder, needs }, ownerUrl)
    const environment = serverEnvironment({
      folder,
      needs,
      services: services.state,
      port,
      options,
    })
    const { worker, host } = needs
    return { environment, host: options.host ?? host, port, worker }
  }
  const supervisor = markOf(process.pid) ?? { pid: process.pid, stamp: '' }
  const server = new ReloadingServer({
    service: folder.service,
    logFile: serverLog(folder),
    ahead,
    prepare,
    reloads: options.reload,
    running: (children) => writeState(folder.home, 'server', { supervisor, children, url }),
  })
  return { folder, server, services, url }
}

/** Services that `plinth dev start-env` runs are used and left alone; else this process runs its own. */
async function servicesFor(
  request: ServicesRequest & { readonly needs: ServiceNeeds },
): Promise<UsedServices> {
  const { folder, needs, provider } = request
  const running = readState(folder.home, 'state')
  if (running === undefined || !isRunning(running.supervisor)) return startServices(request)
  refuseNewNeeds(needs, running)
  refuseOtherProvider(provider, { needed: needs.provider, running: running.provider?.kind })
  const callAtLogout = async (url: string) => {
    if (running.provider?.kind === 'keycloak') await callAtKeycloakLogout(running.provider, url)
  }
  return { state: running, callAtLogout }
}

function refuseNewNeeds(needs: ServiceNeeds, state: ServicesState | undefined): void {
  const missing =
    (needs.database && !state?.postgres && 'a database') ||
    (needs.provider && !state?.provider && 'an identity provider') ||
    (needs.mailbox && !state?.mailbox && 'a mailbox')
  if (missing)
    throw misuse(
      `The configuration now needs ${missing}, which this environment was started without; run \`plinth dev stop\` and start again.`,
    )
}

function refuseSecond(folder: DevFolder): void {
  const other = readState(folder.home, 'server')
  if (other === undefined) return
  if (isRunning(other.supervisor))
    throw misuse(
      `plinth dev already runs here at ${other.url} (process ${other.supervisor.pid}); stop it with Ctrl-C where it runs, or by \`plinth dev stop\` in ${folder.service}.`,
    )
  for (const child of other.children) signal(child, 'SIGKILL')
  clearState(folder.home, 'server')
}
