import { execFile, spawn } from 'node:child_process'
import { open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { Client } from 'pg'
import { freePort } from '../free-port.ts'
import { type Cluster, isAlive, serverEnvironment } from './cluster.ts'
import { type Postmaster, readPostmaster, servesFolder } from './postmaster.ts'

const run = promisify(execFile)
const POLL_MS = 10
/** Crash recovery of a development database takes seconds; a server that hangs never gets ready. */
const READY_WITHIN_MS = 30_000

/** The address of a cluster's server for its superuser. */
export function adminUrlOf(cluster: Cluster, port: number): string {
  return `postgresql://postgres:${cluster.password}@127.0.0.1:${port}/postgres`
}

/**
 * The server that already runs on this cluster, once it answers. Clears a `postmaster.pid` that
 * points at somebody else's process: PostgreSQL itself would refuse to start over it.
 * @throws Error when a server runs there and does not answer
 */
export async function adoptServer(cluster: Cluster): Promise<Postmaster | undefined> {
  const deadline = performance.now() + READY_WITHIN_MS
  while (performance.now() < deadline) {
    const found = await readPostmaster(cluster.data)
    if (found === undefined) return undefined
    if (!(await servesFolder(found.pid, cluster.data))) {
      await rm(join(cluster.data, 'postmaster.pid'), { force: true })
      return undefined
    }
    if (found.ready && (await answers(cluster, found.port))) return found
    await sleep(POLL_MS)
  }
  throw new Error(
    `A PostgreSQL runs on ${cluster.data} and does not answer. Stop it, then try again.`,
  )
}

/** Whether this port is served from this cluster: another service may have taken the port. */
async function answers(cluster: Cluster, port: number): Promise<boolean> {
  const client = new Client({
    connectionString: adminUrlOf(cluster, port),
    connectionTimeoutMillis: 2_000,
    query_timeout: 2_000,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const { rows } = await client.query<{ data: string }>(
      "select current_setting('data_directory') as data",
    )
    return rows[0]?.data === cluster.data
  } catch {
    return false
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Starts a server of its own, which outlives this process. False when it ended at once. */
export async function launchServer(
  cluster: Cluster,
  settings: Readonly<Record<string, string>>,
): Promise<boolean> {
  const flags = Object.entries({ ...settings, port: settings['port'] ?? String(await freePort()) })
  const log = await open(join(cluster.home, 'server.log'), 'a', 0o600)
  try {
    const server = spawn(
      cluster.binaries.postgres,
      ['-D', cluster.data, ...flags.flatMap(([key, value]) => ['-c', `${key}=${value}`])],
      {
        ...cluster.account,
        cwd: cluster.home,
        env: serverEnvironment(),
        detached: true,
        stdio: ['ignore', log.fd, log.fd],
      },
    )
    return await startedUp(cluster, server)
  } finally {
    await log.close()
  }
}

async function startedUp(cluster: Cluster, server: ReturnType<typeof spawn>): Promise<boolean> {
  let ended = false
  server.once('error', () => {
    ended = true
  })
  server.once('exit', () => {
    ended = true
  })
  while (!ended) {
    const found = await readPostmaster(cluster.data)
    if (found?.pid === server.pid) break
    await sleep(POLL_MS)
  }
  server.unref()
  return !ended
}

/** Stops the server of a cluster: `fast` ends its connections, `immediate` is a crash. */
export async function stopServer(cluster: Cluster, mode: 'fast' | 'immediate'): Promise<void> {
  const found = await readPostmaster(cluster.data)
  // A server that was killed leaves its file behind, and nothing to stop.
  if (found === undefined || !isAlive(found.pid)) return
  await run(cluster.binaries.pgCtl, ['stop', '-D', cluster.data, '-m', mode, '-s', '-t', '30'], {
    ...cluster.account,
    cwd: cluster.home,
    env: serverEnvironment(),
  })
  while (isAlive(found.pid) && (await readPostmaster(cluster.data)) !== undefined) {
    await sleep(POLL_MS)
  }
}

/** The last thing that the server wrote, for the person who has to mend it. */
export async function lastWords(cluster: Cluster): Promise<string> {
  const text = await readFile(join(cluster.home, 'server.log'), 'utf8').catch(() => '')
  return text.trim().split('\n').slice(-3).join(' / ')
}
