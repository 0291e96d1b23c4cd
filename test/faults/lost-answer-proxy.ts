import { connect, createServer, type Server } from 'node:net'

/** Stands between a service and its database, and loses the answer to one COMMIT. */
export interface LostAnswerProxy extends AsyncDisposable {
  /** The database's URL through the proxy. */
  readonly url: string
  /** The next COMMIT is carried out, and its answer never arrives: the connection breaks instead. */
  loseNextCommit(): void
  /** COMMITs whose answer was lost. */
  readonly lost: () => number
}

/** Puts a proxy before the database of a URL. */
export async function openLostAnswerProxy(target: string): Promise<LostAnswerProxy> {
  const { hostname, port } = new URL(target)
  let armed = false
  let lost = 0
  const server = createServer((near) => {
    const far = connect(Number(port), hostname)
    let committing = false
    near.on('data', (chunk) => {
      if (armed && /commit/i.test(chunk.toString('latin1'))) {
        armed = false
        committing = true
      }
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      if (!committing) {
        near.write(chunk)
        return
      }
      // The database has answered: what it was told to commit is committed.
      lost += 1
      near.destroy()
      far.destroy()
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined).on('close', () => other.destroy())
    }
  })
  const url = new URL(target)
  url.hostname = '127.0.0.1'
  url.port = String(await listen(server))
  return {
    url: url.href,
    loseNextCommit: () => {
      armed = true
    },
    lost: () => lost,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
