import { join } from 'node:path'
import type { DevFolder } from './dev-folder.ts'
import type { Secrets } from './dev-secrets.ts'
import { clearState, readState, type ServicesState, writeState } from './dev-state.ts'
import { keepPostgres, markOfServer } from './keep-postgres.ts'
import { callAtKeycloakLogout, keycloakState, startKeycloakFor } from './keycloak-part.ts'
import { type KeycloakRunner, keycloakRunner } from './keycloak-runner.ts'
import { fileLog } from './log-file.ts'
import { markOf, type ProcessMark } from './process-stamp.ts'
import { type ProviderChoice, refuseOtherProvider } from './provider-choice.ts'
import { listening, rememberedPort } from './remembered-ports.ts'
import type { ServiceNeeds } from './service-needs.ts'
import { setUpDatabase } from './set-up-database.ts'
import { endLeftKeycloak } from './stop-everything.ts'
import { whileWaiting } from './terminal.ts'

/** The services of a development environment, running in this process. */
export interface Services {
  readonly state: ServicesState
  /** Settles with a sentence when one of them has ended for good. */
  readonly lost: Promise<string>
  /** Tells the provider which URL of the service it calls when somebody signs out. */
  callAtLogout(url: string): Promise<void>
  /** Stops them in order; `now` does not wait for connections to end. */
  stop(now: boolean): Promise<void>
}

/** What to start, and where what it says is written. */
export interface ServicesRequest {
  readonly folder: DevFolder
  readonly secrets: Secrets
  readonly needs: Pick<ServiceNeeds, 'database' | 'provider' | 'mailbox' | 'externalMigrations'>
  /** The built-in provider when absent. */
  readonly provider: ProviderChoice | undefined
}

interface Part<K extends keyof ServicesState> {
  readonly state: Pick<ServicesState, K>
  readonly environment: Readonly<Record<string, string>>
  readonly lost?: Promise<string>
  callAtLogout?(url: string): Promise<void>
  stop(now: boolean): Promise<void>
}

/** Starts what a service lacks on this machine, all at once, and writes down what runs. */
export async function startServices(request: ServicesRequest): Promise<Services> {
  const { needs, folder } = request
  refuseOtherProvider(request.provider, { needed: needs.provider })
  const keycloak = request.provider === 'keycloak' ? await keycloakRunner(folder) : undefined
  await endLeftKeycloak(folder)
  const wanted = [
    needs.database ? startDatabase(request) : undefined,
    needs.provider ? startProviderPart(folder, keycloak) : undefined,
    needs.mailbox ? startMailboxPart(folder) : undefined,
  ].filter((part) => part !== undefined)
  const settled = await Promise.allSettled(wanted)
  const parts = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  const stop = async (now: boolean) => {
    await Promise.all(parts.map((part) => part.stop(now)))
    clearState(folder.home, 'state')
  }
  const failed = settled.find((each) => each.status === 'rejected')
  if (failed !== undefined) {
    await stop(false)
    throw failed.reason
  }
  const supervisor = markOf(process.pid) ?? { pid: process.pid, stamp: '' }
  const environment = Object.assign({}, ...parts.map((part) => part.environment))
  const state: ServicesState = Object.assign(
    { supervisor, environment },
    ...parts.map((part) => part.state),
  )
  writeState(folder.home, 'state', state)
  const callAtLogout = async (url: string) => {
    for (const part of parts) await part.callAtLogout?.(url)
  }
  const lost = Promise.race([NEVER, ...parts.flatMap((part) => part.lost ?? [])])
  return { state, lost, callAtLogout, stop }
}

const NEVER = new Promise<never>(() => undefined)

async function startDatabase(request: ServicesRequest): Promise<Part<'postgres' | 'ownerUrl'>> {
  const { folder } = request
  const { ensurePostgres, hasPostgres } = await import('plinth/dev')
  const log = fileLog(join(folder.logs, 'postgres.log'))
  const options = { dataDir: folder.postgres, log: (line: string) => log.info({}, line) }
  const isFirst = !(await hasPostgres(folder.postgres))
  const postgres = await whileWaiting(
    isFirst ? 'Making the database (first start)' : 'Starting PostgreSQL',
    ensurePostgres(options),
  )
  const urls = await whileWaiting(
    'Setting up roles and tables',
    setUpDatabase(request, postgres.adminUrl),
  ).catch(async (error: unknown) => {
    await postgres.stop()
    throw error
  })
  const { port, home } = postgres
  const keeping = keepPostgres({
    postgres,
    again: async () => {
      // Others of the same name would be empty, and know no password of before.
      if (!(await hasPostgres(folder.postgres))) throw new Error('its data folder is gone')
      return ensurePostgres({ ...options, settings: { port: String(port) } })
    },
    replaced: (process) => noteServer(folder, process),
  })
  return {
    state: {
      postgres: { process: markOfServer(postgres), port, log: join(home, 'server.log') },
      ownerUrl: urls.owner,
    },
    environment: { DATABASE_URL: urls.app },
    lost: keeping.lost,
    stop: (now) => {
      keeping.end()
      return postgres.stop(now ? 'immediate' : 'fast')
    },
  }
}

/** Whoever stops what a killed supervisor left behind knows the process that runs now. */
function noteServer({ home }: DevFolder, process: ProcessMark): void {
  const state = readState(home, 'state')
  if (state?.postgres === undefined) return
  writeState(home, 'state', { ...state, postgres: { ...state.postgres, process } })
}

async function startProviderPart(
  folder: DevFolder,
  keycloak: KeycloakRunner | undefined,
): Promise<Part<'provider'>> {
  if (keycloak !== undefined) return startKeycloakPart(folder, keycloak)
  const { startProvider, testClient } = await import('plinth/dev')
  const client = testClient()
  const provider = await listening(async () =>
    startProvider({
      port: await rememberedPort(folder.home, 'provider', 8080),
      clients: [client],
      dataFile: folder.provider,
      log: fileLog(join(folder.logs, 'provider.log')),
    }),
  )
  return {
    state: { provider: { kind: 'development', issuer: provider.issuer, port: provider.port } },
    environment: providerEnvironment(provider.issuer, client),
    callAtLogout: (url) => provider.callAtLogout(client.clientId, url),
    stop: () => provider.stop(),
  }
}

async function startKeycloakPart(
  folder: DevFolder,
  runner: KeycloakRunner,
): Promise<Part<'provider'>> {
  const { testClient } = await import('plinth/dev')
  const keycloak = await startKeycloakFor(folder, runner)
  const provider = keycloakState(keycloak)
  return {
    state: { provider },
    environment: providerEnvironment(keycloak.issuer, testClient()),
    callAtLogout: (url) => callAtKeycloakLogout(provider, url),
    stop: () => keycloak.stop(),
  }
}

function providerEnvironment(
  issuer: string,
  client: { readonly clientId: string; readonly clientSecret: string },
): Readonly<Record<string, string>> {
  return {
    OIDC_KEYCLOAK_ISSUER: issuer,
    OIDC_KEYCLOAK_CLIENT_ID: client.clientId,
    OIDC_KEYCLOAK_CLIENT_SECRET: client.clientSecret,
  }
}

async function startMailboxPart(folder: DevFolder): Promise<Part<'mailbox'>> {
  const { startMailbox } = await import('plinth/dev')
  const mailbox = await listening(async () =>
    startMailbox({
      smtpPort: await rememberedPort(folder.home, 'smtp', 1025),
      httpPort: await rememberedPort(folder.home, 'mailbox', 8025),
      log: fileLog(join(folder.logs, 'mailbox.log')),
    }),
  )
  const { hostname, port } = new URL(mailbox.smtpUrl)
  return {
    state: { mailbox: { url: mailbox.url, smtpUrl: mailbox.smtpUrl } },
    environment: { SMTP_HOST: hostname, SMTP_PORT: port, SMTP_TLS: 'none' },
    stop: () => mailbox.stop(),
  }
}
