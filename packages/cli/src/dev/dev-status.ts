import type { DevFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'
import { answers } from './free-port.ts'
import { isRunning } from './process-stamp.ts'
import type { ServiceName } from './service-names.ts'
import { statusOf } from './wait-for-server.ts'

/** How one service is. */
export interface ServiceStatus {
  readonly name: ServiceName
  /** `up`: it answers. `down`: it should run and does not. `off`: nobody started it. */
  readonly state: 'up' | 'down' | 'off'
  readonly at?: string
  readonly detail?: string
}

/** Asks every service of a development environment whether it answers. */
export async function devStatus(folder: DevFolder): Promise<readonly ServiceStatus[]> {
  return Promise.all([
    postgresStatus(folder),
    providerStatus(folder),
    mailboxStatus(folder),
    serverStatus(folder),
  ])
}

async function postgresStatus({ home }: DevFolder): Promise<ServiceStatus> {
  const state = readState(home, 'state')
  const postgres = state?.postgres
  if (postgres === undefined) return { name: 'postgres', state: 'off' }
  const at = `127.0.0.1:${postgres.port}`
  if (!isRunning(postgres.process) || !(await answers('127.0.0.1', postgres.port)))
    return { name: 'postgres', state: 'down', at }
  const alone = !isRunning(state?.supervisor)
  const detail = 'left over from a killed run; the next `plinth dev` takes it over'
  return { name: 'postgres', state: 'up', at, ...(alone ? { detail } : {}) }
}

async function providerStatus({ home }: DevFolder): Promise<ServiceStatus> {
  const provider = readState(home, 'state')?.provider
  if (provider === undefined) return { name: 'provider', state: 'off' }
  const { issuer, kind } = provider
  const status = await overHttp('provider', `${issuer}/.well-known/openid-configuration`, issuer)
  return status.detail === undefined && kind === 'keycloak'
    ? { ...status, detail: 'Keycloak' }
    : status
}

async function mailboxStatus({ home }: DevFolder): Promise<ServiceStatus> {
  const mailbox = readState(home, 'state')?.mailbox
  if (mailbox === undefined) return { name: 'mailbox', state: 'off' }
  return overHttp('mailbox', mailbox.url, mailbox.url)
}

async function serverStatus({ home }: DevFolder): Promise<ServiceStatus> {
  const server = readState(home, 'server')
  if (server === undefined || !isRunning(server.supervisor)) return { name: 'server', state: 'off' }
  return overHttp('server', `${server.url}/health/ready`, server.url)
}

async function overHttp(name: ServiceName, probe: string, at: string): Promise<ServiceStatus> {
  const { hostname, port, pathname } = new URL(probe)
  const status = await statusOf(hostname, Number(port), pathname)
  if (status === 200) return { name, state: 'up', at }
  const detail = status === undefined ? 'nobody answers' : `answers ${status}`
  return { name, state: 'down', at, detail }
}
