import type { IncomingMessage, RequestOptions } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { nodeHttp } from '../kernel/index.ts'
import type { OutboundFault } from './outbound.errors.ts'
import { OutboundError } from './outbound.errors.ts'
import type { ResolvedAddress } from './resolve.ts'

/** One exchange with a checked host. */
export interface Exchange {
  readonly url: URL
  /** Resolves and checks the host; counts towards the time limit. */
  readonly resolve: () => Promise<readonly ResolvedAddress[]>
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly signal: AbortSignal | undefined
}

/** What came back, whole. */
export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

// Own agents: no kept connection could lead to an address that was not checked for this call, and
// the proxy variables of the environment, which apply to the global agents, have no say here. Neither
// has NODE_TLS_REJECT_UNAUTHORIZED: whose certificate cannot be checked is not called.
const httpAgent = new nodeHttp.Agent({ keepAlive: false })
const httpsAgent = new HttpsAgent({ keepAlive: false, rejectUnauthorized: true })

/**
 * Sends one request and reads its answer within the limits.
 * @throws OutboundError
 */
export async function exchange(call: Exchange): Promise<RawAnswer> {
  const deadline = AbortSignal.timeout(call.timeoutMs)
  const signal = call.signal === undefined ? deadline : AbortSignal.any([deadline, call.signal])
  try {
    const addresses = await unlessAborted(signal, call.resolve())
    const answer = await send(call, addresses, signal)
    return {
      status: answer.statusCode ?? 0,
      headers: answer.headers,
      body: await read(answer, call),
    }
  } catch (cause) {
    if (cause instanceof OutboundError) throw cause
    if (deadline.aborted) throw new OutboundError('timeout', call.url.host)
    if (signal.aborted) throw new OutboundError('aborted', call.url.host)
    throw new OutboundError('unreachable', call.url.host, cause)
  }
}

function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function send(
  call: Exchange,
  addresses: readonly ResolvedAddress[],
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const https = call.url.protocol === 'https:'
  const options: RequestOptions = {
    method: call.method,
    // Some APIs, GitHub's among them, refuse a caller that does not name itself.
    headers: { 'user-agent': 'plinth', ...call.headers, 'accept-encoding': 'identity' },
    agent: https ? httpsAgent : httpAgent,
    lookup: lookupOnly(addresses),
    signal,
  }
  return new Promise((resolve, reject) => {
    const request = (https ? httpsRequest : nodeHttp.request)(call.url, options, resolve)
    request.on('error', reject)
    request.end(call.body)
  })
}

/** Answers the socket's question for a name with the addresses that were checked, and no others. */
function lookupOnly(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    const [first] = addresses
    if (first === undefined) callback(new OutboundError('name_not_found', hostname), '', 4)
    else if (options.all) callback(null, [...addresses])
    else callback(null, first.address, first.family)
  }
}

async function read(answer: IncomingMessage, { url, maxBytes }: Exchange): Promise<Buffer> {
  const fault = answerFault(answer, maxBytes)
  if (fault !== undefined) {
    answer.destroy()
    throw new OutboundError(fault, url.host)
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    // Leaving the loop destroys the answer and its socket: not one byte more is read.
    if (size > maxBytes) throw new OutboundError('answer_too_large', url.host)
    chunks.push(bytes)
  }
  if (!answer.complete) throw new OutboundError('unreachable', url.host)
  return Buffer.concat(chunks)
}

function answerFault(answer: IncomingMessage, maxBytes: number): OutboundFault | undefined {
  const status = answer.statusCode ?? 0
  if (status >= 300 && status < 400) return 'redirect'
  if ((answer.headers['content-encoding'] ?? 'identity') !== 'identity') return 'answer_encoded'
  return Number(answer.headers['content-length']) > maxBytes ? 'answer_too_large' : undefined
}
