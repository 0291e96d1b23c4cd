import { Agent, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'

/** What a process answered; as status the error of the socket where it did not. */
export interface Balanced {
  readonly status: number | string
  readonly text: string
}

/** A request by way of the balancer. */
export interface Call {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object
}

const ASKS_EVERY_MS = 50

/**
 * A client as a load balancer is one: keep-alive, and it asks each process every 50 ms whether it
 * is ready and calls only those that were. A connection that arrives in the very moment a socket
 * closes is reset by the kernel, so `http.drain_delay_ms` must outlast the time between two asks.
 */
export function openBalancer(ports: readonly number[]) {
  const agent = new Agent({ keepAlive: true })
  let ready: readonly number[] = []
  let turn = 0
  let closed = false
  const asking = (async () => {
    while (!closed) {
      const answers = await Promise.all(
        ports.map((port) => callPort(agent, port, { path: '/health/ready' })),
      )
      ready = ports.filter((_, at) => answers[at]?.status === 200)
      await pause(ASKS_EVERY_MS)
    }
  })()
  return {
    async allReady(): Promise<void> {
      while (ready.length < ports.length) await pause(ASKS_EVERY_MS)
    },
    async call(call: Call): Promise<Balanced> {
      turn += 1
      const port = ready[turn % ready.length]
      if (port !== undefined) return callPort(agent, port, call)
      // Whoever calls in a loop must leave the asking its turn.
      await pause(ASKS_EVERY_MS)
      return { status: 'none is ready', text: '' }
    },
    async close(): Promise<void> {
      closed = true
      await asking
      agent.destroy()
    },
  }
}

function callPort(agent: Agent, port: number, call: Call): Promise<Balanced> {
  const { method = 'GET', path, headers = {}, body } = call
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException) =>
      resolve({ status: error.code ?? error.message, text: '' })
    const options = { agent, port, path, method, host: '127.0.0.1', headers: { ...headers } }
    request(options, (answer) => {
      const chunks: Buffer[] = []
      answer.on('error', failed)
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
      )
    })
      .on('error', failed)
      .end(body === undefined ? undefined : JSON.stringify(body))
  })
}
