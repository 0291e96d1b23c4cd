import { rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { serverAccount } from './account.ts'
import { binariesFor } from './binaries.ts'
import { type Cluster, hasCluster, openCluster } from './cluster.ts'
import { keepUntilIdle } from './keep-until-idle.ts'
import type { Postmaster } from './postmaster.ts'
import { adminUrlOf, adoptServer, lastWords, launchServer, stopServer } from './server.ts'

/** What a development or test server needs. */
export interface PostgresOptions {
  /** Folder of this server and nobody else's; made when missing. */
  readonly dataDir: string
  /** Trades crash safety for speed: for databases that a test throws away. */
  readonly fast?: boolean
  /** More server settings, by PostgreSQL's own names. Used at start only, not when adopted. */
  readonly settings?: Readonly<Record<string, string>>
  /** Stops the server and deletes its data once nobody was connected for so long. */
  readonly removeWhenIdleSeconds?: number
  /** Gets one line about anything that a person should know. */
  readonly log?: (sentence: string) => void
}

/** A PostgreSQL server on this machine. */
export interface Postgres {
  /** Superuser URL on loopback, with the random password of this server. */
  readonly adminUrl: string
  readonly port: number
  /** Process id of the server. */
  readonly pid: number
  /** Whether it ran already. */
  readonly adopted: boolean
  /** Folder that holds data, password and log. */
  readonly home: string
  /** Stops the server; its data stays. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Stops the server and deletes its data. */
  remove(): Promise<void>
}

const ATTEMPTS = 6

/** Whether there are data in the place of a folder's server, which may be another where it cannot enter. */
export async function hasPostgres(dataDir: string): Promise<boolean> {
  const silent = () => undefined
  return hasCluster({ dataDir, account: await serverAccount(silent), log: silent })
}

/**
 * The PostgreSQL of a folder, running: adopts the one that runs there (also after this process's
 * predecessor was killed), else starts it. Callers that race end up with the same server.
 * @throws Error with the server's own last words when it does not start
 */
export async function ensurePostgres(options: PostgresOptions): Promise<Postgres> {
  const log = options.log ?? (() => undefined)
  const account = await serverAccount(log)
  const binaries = await binariesFor(account, log)
  const cluster = await openCluster({ dataDir: options.dataDir, account, binaries, log })
  const settings = { ...ALWAYS, ...(options.fast === true ? FAST : {}), ...options.settings }
  let launched = false
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const server = await adoptServer(cluster)
    if (server !== undefined) {
      if (launched) keepUntilIdle(cluster.home, options.removeWhenIdleSeconds)
      return described(cluster, server, !launched)
    }
    // It ends at once when another process was quicker, or when the free port was taken meanwhile.
    launched = await launchServer(cluster, settings)
    if (!launched) await sleep(50 * attempt)
  }
  throw new Error(`PostgreSQL does not start in ${cluster.home}: ${await lastWords(cluster)}`)
}

/** Loopback TCP only: unix sockets have a path limit, and GUI clients want a port. */
const ALWAYS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
}

const FAST = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
  // DROP DATABASE waits for connections that are still signing in, also for those left half-way.
  authentication_timeout: '5s',
}

function described(cluster: Cluster, server: Postmaster, adopted: boolean): Postgres {
  return {
    adminUrl: adminUrlOf(cluster, server.port),
    port: server.port,
    pid: server.pid,
    adopted,
    home: cluster.home,
    stop: (mode = 'fast') => stopServer(cluster, mode),
    async remove() {
      await stopServer(cluster, 'immediate')
      await rm(cluster.home, { recursive: true, force: true })
    },
  }
}
