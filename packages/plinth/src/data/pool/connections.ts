import { randomInt } from 'node:crypto'
import { Client, type ClientConfig, Pool, type PoolClient } from 'pg'
import type { Clock } from '../../kernel/index.ts'
import type { DatabaseSettings } from '../database.settings.ts'
import type { DbLog } from '../db-log.ts'
import { breaksConnection, toCaller, unavailable } from '../sql-fault.ts'
import { tapAnswers } from '../wire/answer-tap.ts'
import { speakIso } from '../wire/wire-connection.ts'
import { watchAnswers } from './answer-watch.ts'
import { connectionConfig } from './connection-config.ts'

/** What a pool of connections needs. */
export interface ConnectionsOptions {
  readonly settings: DatabaseSettings
  readonly clock: Clock
  readonly log: DbLog
  /** pg's pipeline mode, for the plain way of talking. */
  readonly pipeline: boolean
}

/** The connections of a process. */
export interface Connections {
  readonly open: number
  readonly waiting: number
  /**
   * Lends a connection to `work`, and takes it back clean or not at all.
   * @throws AppError `data.unavailable` when there is none in time
   */
  use<T>(work: (client: PoolClient) => Promise<T>): Promise<T>
  close(): Promise<void>
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 5_000
/** The server's own limit comes first; this one is for a server that does not answer at all. */
const GRACE_MS = 1_000

/** Opens nothing yet: connections are made when they are needed. */
export function openConnections(options: ConnectionsOptions): Connections {
  const { settings, log } = options
  /** Why the connection of a client is gone. */
  const losses = new WeakMap<object, Error>()
  const pool = poolOf(options, losses)
  // Without a listener a connection that dies while idle would end the process.
  pool.on('error', (error) => {
    log.warn({ reason: error.message }, 'an idle database connection was lost')
  })
  const pause = failurePause(options)

  async function take(): Promise<PoolClient> {
    if (pool.idleCount === 0 && pause.lasts()) throw unavailable(pause.cause())
    try {
      const client = await pool.connect()
      pause.over()
      return client
    } catch (error) {
      // A full pool says nothing about the server.
      if (!isFull(error)) pause.begin(error)
      throw toCaller(error)
    }
  }

  return {
    get open() {
      return pool.totalCount
    },
    get waiting() {
      return pool.waitingCount
    },
    async use(work) {
      const client = await take()
      let fault: unknown
      try {
        return await work(client)
      } catch (error) {
        // pg says only that the connection is gone; what the server said last says why.
        fault = breaksConnection(error) ? (losses.get(client) ?? error) : error
        throw toCaller(fault)
      } finally {
        giveBack(client, fault, log)
      }
    },
    close: () => closePool(pool, settings),
  }
}

function poolOf({ settings, pipeline }: ConnectionsOptions, losses: WeakMap<object, Error>): Pool {
  const config = connectionConfig(settings)
  const { statement_timeout: limit } = config
  const watch = typeof limit === 'number' ? watchAnswers(limit + GRACE_MS) : undefined
  return new Pool({
    ...config,
    pipeline,
    min: settings.pool_size,
    max: settings.pool_size + settings.max_overflow,
    maxLifetimeSeconds: settings.pool_recycle,
    // For the pool this is how long a caller waits; for a client, how long a connection may take.
    connectionTimeoutMillis: settings.pool_timeout * 1_000,
    Client: patientFor(settings.connect_timeout_ms, (client) => {
      watch?.(client)
      speakIso(client.connection)
      // While it is lent the pool does not listen, and a death between two statements is an event too.
      client.on('error', (error: Error) => {
        if (!losses.has(client)) losses.set(client, error)
      })
      // In pipeline mode only pg knows whose answer comes next.
      if (!pipeline) tapAnswers(client.connection)
    }),
  })
}

function patientFor(
  connectionTimeoutMillis: number,
  prepare: (client: Client) => void,
): new (
  config?: ClientConfig,
) => Client {
  return class extends Client {
    constructor(config: ClientConfig = {}) {
      // Not a copy: the pool hides password and key from enumeration, so that nothing prints them.
      const patience = { connectionTimeoutMillis: { value: connectionTimeoutMillis } }
      const own: ClientConfig = Object.create(config, patience)
      super(own)
      prepare(this)
    }
  }
}

function isFull(error: unknown): boolean {
  return error instanceof Error && error.message === 'timeout exceeded when trying to connect'
}

/** A connection that is broken or still inside a transaction never serves anybody else. */
function giveBack(client: PoolClient, fault: unknown, log: DbLog): void {
  const isBroken = breaksConnection(fault)
  // Also after an error: a statement that failed behind a BEGIN leaves the transaction as it failed.
  const left = !isBroken && client.getTransactionStatus() !== 'I'
  if (left) log.error({}, 'a statement left a transaction open; its connection was closed')
  client.release(left || isBroken)
}

async function closePool(pool: Pool, settings: DatabaseSettings): Promise<void> {
  const patience = AbortSignal.timeout(settings.pool_timeout * 1_000)
  const late = new Promise<void>((resolve) => {
    patience.addEventListener('abort', () => resolve(), { once: true })
  })
  await Promise.race([pool.end(), late])
}

/**
 * After a failed attempt nobody connects for a moment that doubles: a server that comes back, or
 * has no room left, is not met by everyone at once.
 */
function failurePause({ clock }: ConnectionsOptions): {
  lasts(): boolean
  cause(): unknown
  begin(error: unknown): void
  over(): void
} {
  let [until, failures, last]: [number, number, unknown] = [0, 0, undefined]
  return {
    lasts: () => clock.monotonic() < until,
    cause: () => last,
    begin(error) {
      const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures)
      until = clock.monotonic() + randomInt(longest / 2, longest + 1)
      failures += 1
      last = error
    },
    over() {
      until = 0
      failures = 0
      last = undefined
    },
  }
}
