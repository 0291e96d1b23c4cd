import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { DevFolder } from './dev-folder.ts'
import type { Secrets } from './dev-secrets.ts'
import { clearState, type ServicesState, writeState } from './dev-state.ts'
import { fileLog } from './log-file.ts'
import { markOf } from './process-stamp.ts'
import { rememberedPort } from './remembered-ports.ts'
import type { ServiceNeeds } from './service-needs.ts'
import { setUpDatabase } from './set-up-database.ts'
import { whileWaiting } from './terminal.ts'

/** The services of a development environment, running in this process. */
export interface Services {
  readonly state: ServicesState
  /** Stops them in order; `now` does not wait for connections to end. */
  stop(now: boolean): Promise<void>
}

/** What to start, and where what it says is written. */
export interface ServicesRequest {
  readonly folder: DevFolder
  readonly secrets: Secrets
  readonly needs: Pick<ServiceNeeds, 'database' | 'provider' | 'mailbox'>
}

interface Part<K extends keyof ServicesState> {
  readonly state: Pick<ServicesState, K>
  readonly environment: Readonly<Record<string, string>>
  stop(now: boolean): Promise<void>
}

/** Starts what a service lacks on this machine, all at once, and writes down what runs. */
export async function startServices(request: ServicesRequest): Promise<Services> {
  const { needs, folder } = request
  const wanted = [
    needs.database ? startDatabase(request) : undefined,
    needs.provider ? startProviderPart(folder) : undefined,
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
  return { state, stop }
}

async function startDatabase(request: ServicesRequest): Promise<Part<'postgres' | 'ownerUrl'>> {
  const { folder, secrets } = request
  const { ensurePostgres } = await import('plinth/dev')
  const log = fileLog(join(folder.logs, 'postgres.log'))
  const isFirst = !existsSync(folder.postgres)
  const postgres = await whileWaiting(
    isFirst ? 'Making the database (first start)' : 'Starting PostgreSQL',
    ensurePostgres({ dataDir: folder.postgres, log: (line) => log.info({}, line) }),
  )
  const urls = await whileWaiting(
    'Setting up roles and tables',
    setUpDatabase(folder, postgres.adminUrl, secrets),
  ).catch(async (error: unknown) => {
    await postgres.stop()
    throw error
  })
  const mark = markOf(postgres.pid) ?? { pid: postgres.pid, stamp: '' }
  const { port, home } = postgres
  return {
    state: {
      postgres: { process: mark, port, log: join(home, 'server.log') },
      ownerUrl: urls.owner,
    },
    environment: { DATABASE_URL: urls.app },
    stop: (now) => postgres.stop(now ? 'immediate' : 'fast'),
  }
}

async function startProviderPart(folder: DevFolder): Promise<Part<'provider'>> {
  const { startProvider, testClient } = await import('plinth/dev')
  const provider = await startProvider({
    port: await rememberedPort(folder.home, 'provider', 8080),
    clients: [testClient()],
    dataFile: folder.provider,
    log: fileLog(join(folder.logs, 'provider.log')),
  })
  const client = testClient()
  return {
    state: { provider: { issuer: provider.issuer, port: provider.port } },
    environment: {
      OIDC_KEYCLOAK_ISSUER: provider.issuer,
      OIDC_KEYCLOAK_CLIENT_ID: client.clientId,
      OIDC_KEYCLOAK_CLIENT_SECRET: client.clientSecret,
    },
    stop: () => provider.stop(),
  }
}

async function startMailboxPart(folder: DevFolder): Promise<Part<'mailbox'>> {
  const { startMailbox } = await import('plinth/dev')
  const mailbox = await startMailbox({
    smtpPort: await rememberedPort(folder.home, 'smtp', 1025),
    httpPort: await rememberedPort(folder.home, 'mailbox', 8025),
    log: fileLog(join(folder.logs, 'mailbox.log')),
  })
  const { hostname, port } = new URL(mailbox.smtpUrl)
  return {
    state: { mailbox: { url: mailbox.url, smtpUrl: mailbox.smtpUrl } },
    environment: { SMTP_HOST: hostname, SMTP_PORT: port, SMTP_TLS: 'none' },
    stop: () => mailbox.stop(),
  }
}
