import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { freePort } from '../../packages/plinth/src/dev/index.ts'

/** Stands between a service and its database, and takes the database away. */
export interface DatabaseProxy extends AsyncDisposable {
  /** The database's URL through the proxy. */
  readonly url: string
  /** Breaks every connection and refuses new ones, as a server that restarts does. */
  down(): Promise<void>
  up(): Promise<void>
}

/** Puts a proxy before the database of a URL. It starts down when `up` is false. */
export async function openDatabaseProxy(
  target: string,
  { up = true } = {},
): Promise<DatabaseProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket
        .on('error', () => undefined)
        .on('close', () => {
          sockets.delete(socket)
          near.destroy()
          far.destroy()
        })
    }
    near.pipe(far).pipe(near)
  })
  // One that the system lends to nobody while it is away, not even to who knocks there.
  const at = await freePort()
  await listen(server, at)
  const down = async () => {
    const closed = new Promise((done) => server.close(done))
    for (const socket of sockets) socket.destroy()
    await closed
  }
  if (!up) await down()
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(at)
  return {
    url: url.href,
    down,
    up: () => listen(server, at),
    [Symbol.asyncDispose]: down,
  }
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
}
