import { Agent, request } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'

/** A request as a test writes it. */
export interface HttpCall {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What came back, its body as text. */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const agent = new Agent({ keepAlive: true })
const secureAgent = new SecureAgent({ keepAlive: true })

/** What `fetch()` adds by itself; but answers come unpacked. */
const USUAL = {
  accept: '*/*',
  'accept-language': '*',
  'sec-fetch-mode': 'cors',
  'user-agent': 'node',
}

/**
 * Sends a request as `fetch()` does, on a connection that is kept, and follows no redirect. It takes a
 * third of the processor time that `fetch()` takes, and many tests spend most of theirs on requests.
 * @throws the error of the socket when there is no answer
 */
export function callHttp(url: URL, { method, headers, body }: HttpCall): Promise<HttpAnswer> {
  const sized = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const sent = { method, path: pathOf(url), headers: { ...USUAL, ...sized, ...headers } }
  return new Promise((resolve, reject) => {
    const calling =
      url.protocol === 'https:'
        ? secureRequest(url, { ...sent, agent: secureAgent })
        : request(url, { ...sent, agent })
    calling.on('error', reject)
    calling.on('response', (answer) => {
      const status = answer.statusCode ?? 0
      const received = headersOf(answer.rawHeaders)
      const texts: string[] = []
      answer.setEncoding('utf8').on('data', (text: string) => texts.push(text))
      answer.on('error', reject)
      answer.on('end', () => resolve({ status, headers: received, text: texts.join('') }))
    })
    calling.end(body)
  })
}

/** As it is written: an empty query keeps its question mark, which `url.search` forgets. */
function pathOf({ href, origin }: URL): string {
  return href.slice(origin.length).split('#', 1)[0] ?? ''
}

/** Names and values take turns. */
function headersOf(raw: readonly string[]): Headers {
  const headers = new Headers()
  for (let at = 0; at < raw.length; at += 2) headers.append(raw[at] ?? '', raw[at + 1] ?? '')
  return headers
}
