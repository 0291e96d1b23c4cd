import { Agent, request } from 'node:http'

/** One request, header by header as it is sent. */
export interface HttpRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
}

/** What came back. */
export interface HttpReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly text: string
}

const PATIENCE_MS = 15_000

/** Sends requests to one server; `fetch` would write headers of its own that decide here. */
export function httpSender(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  const { hostname, port } = new URL(url)
  const send = ({ method, path, headers, body }: HttpRequest): Promise<HttpReply> =>
    new Promise((resolve, reject) => {
      const sent = request(
        { agent, hostname, port, method, path, headers: { ...headers, ...lengthOf(body) } },
        (answer) => {
          const chunks: Buffer[] = []
          answer.on('data', (chunk: Buffer) => chunks.push(chunk)).once('error', reject)
          answer.once('end', () => {
            const text = Buffer.concat(chunks).toString()
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text })
          })
        },
      )
      sent.setTimeout(PATIENCE_MS, () => {
        sent.destroy(new Error(`${method} ${path} was not answered in ${PATIENCE_MS / 1_000} s`))
      })
      sent.once('error', reject).end(body)
    })
  return { send, close: () => agent.destroy() }
}

function lengthOf(body: string | undefined): Record<string, string> {
  return body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
}
