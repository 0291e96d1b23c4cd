import { Agent, request } from 'node:http'

/** What a request looks like on the wire. */
export interface Shape {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  readonly body?: string
}

/** What came back. */
export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  /** `code` of a problem; empty for anything else. */
  readonly code: string
}

const agent = new Agent({ keepAlive: true, maxSockets: 16 })

/** Sends exactly these headers to exactly this target: nothing is added, joined or normalised. */
export function send(base: string, target: string, shape: Shape = {}): Promise<Reply> {
  const { method = 'GET', headers = {}, body } = shape
  const { hostname, port } = new URL(base)
  const sized = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const sent = request(
      { agent, hostname, port, path: target, method, headers: { ...sized, ...mutable(headers) } },
      async (answer) => {
        const text = Buffer.concat(await answer.toArray()).toString()
        const { statusCode: status = 0, headers: received } = answer
        resolve({ status, headers: received, text, code: codeOf(text) })
      },
    )
    sent.on('error', reject).end(body)
  })
}

function mutable(headers: NonNullable<Shape['headers']>): Record<string, string | string[]> {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  )
}

function codeOf(text: string): string {
  return /"code":"([a-z_.]+)"/.exec(text)?.[1] ?? ''
}
