import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../dev/index.ts'

/** A pooler in transaction mode before a PostgreSQL server. */
export interface Pooler extends AsyncDisposable {
  /** The same database through the pooler. */
  urlOf(direct: string): string
}

/** Where pgbouncer is installed; undefined where it is not. */
export function pgbouncerPath(): string | undefined {
  const named = process.env['PLINTH_TEST_PGBOUNCER']
  if (named !== undefined) return named === '' ? undefined : named
  return ['/usr/sbin/pgbouncer', '/usr/bin/pgbouncer', '/usr/local/bin/pgbouncer'].find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** It refuses to run as root; nobody owns nothing. */
const NOBODY = 65_534

/**
 * Starts a pooler with fewer connections to the server than callers will want.
 * @param program path of pgbouncer
 * @param url a login at the server, which all callers use
 */
export async function startPooler(program: string, url: string): Promise<Pooler> {
  const server = new URL(url)
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'plinth-pooler-'))
  const login = `"${server.username}" "${decodeURIComponent(server.password)}"\n`
  await writeFile(join(folder, 'users'), login)
  await writeFile(join(folder, 'pgbouncer.ini'), settings(server, { port, folder }))
  const asRoot = process.getuid?.() === 0
  await chmod(folder, 0o755)
  const child = spawn(program, ['-q', join(folder, 'pgbouncer.ini')], {
    stdio: 'ignore',
    ...(asRoot && { uid: NOBODY, gid: NOBODY }),
  })
  const gone = once(child, 'exit')
  await reached(port, gone)
  return {
    urlOf: (direct) => {
      const through = new URL(direct)
      through.port = String(port)
      through.hostname = '127.0.0.1'
      return through.href
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Its own limits travel as startup parameters, which a pooler must be told to let pass. */
function settings(server: URL, place: { port: number; folder: string }): string {
  const ignored = [
    'statement_timeout',
    'lock_timeout',
    'idle_in_transaction_session_timeout',
    'extra_float_digits',
  ]
  return `[databases]
* = host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${place.port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(place.folder, 'users')}
pool_mode = transaction
default_pool_size = 3
max_client_conn = 100
ignore_startup_parameters = ${ignored.join(',')}
`
}

async function reached(port: number, gone: Promise<unknown>): Promise<void> {
  const dead = gone.then(() => {
    throw new Error('pgbouncer did not start')
  })
  for (;;) {
    const socket = connect(port, '127.0.0.1')
    const answered = once(socket, 'connect').then(
      () => true,
      () => false,
    )
    const isThere = await Promise.race([answered, dead])
    socket.destroy()
    if (isThere) return
    await Promise.race([sleep(20), dead])
  }
}
