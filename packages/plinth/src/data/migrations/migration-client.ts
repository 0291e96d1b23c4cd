import { setTimeout as sleep } from 'node:timers/promises'
import { Client, type ClientConfig } from 'pg'
import { parseDatabaseUrl } from '../database-url.ts'
import type { DbLog } from '../db-log.ts'
import { tlsOptions } from '../pool/connection-config.ts'

/** Where a set of migrations is read. */
export interface ReadSession {
  /** URL of the owner. */
  readonly url: string
  /** TLS; by default what the URL asks for. */
  readonly ssl?: ClientConfig['ssl']
}

/** Where and how a migration runs. */
export interface MigrationSession extends ReadSession {
  readonly log: DbLog
  /** Ends the work: the running migration is rolled back and the lock is free. */
  readonly signal?: AbortSignal
}

const LOCK = "hashtext('plinth.migrations')"
const POLL_MS = 100

/**
 * Runs `work` as the only migrator of this database. Others wait; a lock dies with its connection,
 * so that a killed migrator holds nobody up.
 * @throws the reason of `signal` when it aborts
 */
export async function asOnlyMigrator<T>(
  session: MigrationSession,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  session.signal?.throwIfAborted()
  const client = await connected(session)
  const stop = (): void => void cancel(session, client)
  session.signal?.addEventListener('abort', stop, { once: true })
  try {
    await takeLock(client, session)
    return await work(client)
  } catch (error) {
    session.signal?.throwIfAborted()
    throw error
  } finally {
    session.signal?.removeEventListener('abort', stop)
    await client.end()
  }
}

/** Runs `work` on a connection of its own, without the lock. */
export async function onConnection<T>(
  session: ReadSession,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = await connected(session)
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function connected({ url, ssl }: ReadSession): Promise<Client> {
  const address = parseDatabaseUrl(url)
  const client = new Client({
    ...address.client,
    ssl: ssl ?? tlsOptions({ mode: 'auto' }, address),
    application_name: 'plinth migrations',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  })
  client.on('error', () => undefined)
  await client.connect()
  // Without it a server notices that its client is gone only when a long statement has ended.
  await client.query("set client_connection_check_interval = '500ms'").catch(() => undefined)
  return client
}

async function takeLock(client: Client, { log, signal }: MigrationSession): Promise<void> {
  for (let waited = 0; ; waited += 1) {
    const { rows } = await client.query<{ mine: boolean }>(
      `select pg_try_advisory_lock(${LOCK}) as mine`,
    )
    if (rows[0]?.mine === true) return
    if (waited === 0) log.info({}, 'another process migrates this database; waiting for it')
    await sleep(POLL_MS, undefined, signal === undefined ? {} : { signal })
  }
}

/** A second connection of the same role may cancel the first; else closing it ends the work. */
async function cancel(session: MigrationSession, client: Client): Promise<void> {
  const pid = 'processID' in client ? client.processID : undefined
  try {
    await onConnection(session, (other) => other.query('select pg_cancel_backend($1)', [pid]))
  } catch {
    await client.end()
  }
}
