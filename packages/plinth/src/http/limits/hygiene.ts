import type { IncomingMessage } from 'node:http'
import type { AppError } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
// Sent twice, these could be read in two ways; each has one meaning for one request.
const SINGLE = new Set([
  'host',
  'authorization',
  'x-api-key',
  'origin',
  'referer',
  'sec-fetch-site',
  'sec-fetch-mode',
  'sec-fetch-dest',
  'content-type',
  'content-length',
  'x-tenant-id',
  'idempotency-key',
])

// Far more than a link or a form of ours has; what is done for each field is the caller's choice.
const MOST_QUERY_FIELDS = 256

/** What a request may measure. */
export interface HygieneLimits {
  readonly urlLimitBytes: number
  readonly maxHeaders: number
}

/**
 * Refuses requests that parsers and proxies read differently, before anything else looks at them
 * (security.md 5.3, HI-07, HI-09): what Node lets through and no browser or client library sends.
 * @param anyQuery whether the route itself answers a query that holds NUL or cannot be decoded
 */
export function hygieneFault(
  raw: IncomingMessage,
  limits: HygieneLimits,
  anyQuery: boolean,
): AppError | undefined {
  const url = raw.url ?? ''
  const misframed = framingFault(raw)
  if (misframed !== undefined) return unreadable(misframed)
  if (!METHODS.has(raw.method ?? '')) return httpProblems.methodNotAllowed(raw.method)
  if (url.length > limits.urlLimitBytes) return httpProblems.urlTooLong()
  // RFC 9112 3.2: a path, or the star of OPTIONS; routers make something else of anything else.
  const star = url === '*' && raw.method === 'OPTIONS'
  if (!url.startsWith('/') && !star)
    return unreadable('The address must be a path, such as /health.')
  // A fragment never leaves a browser; routers cut it off, others take it for the path.
  if (url.includes('#')) return unreadable('The address holds a fragment; write %23 for a plain #.')
  const checked = anyQuery ? (url.split('?')[0] ?? '') : url
  if (hasControl(checked)) return unreadable('The address holds a space or a control character.')
  if (!decodes(checked))
    return unreadable('The address holds a % that begins no character; write %25 for a plain %.')
  if (url.split('&', MOST_QUERY_FIELDS + 1).length > MOST_QUERY_FIELDS) {
    return unreadable('The query has too many fields.')
  }
  return headerFault(raw, limits)
}

// RFC 9110 4.2.1: a name, or an address in brackets, and a port. Nothing is built from it.
const HOST = /^(?:[\w.~!$&'()*+,;=%-]+|\[[\da-f:.]+\])(?::\d*)?$/i

/** What a proxy in front may have read as another request than we do (RFC 9112 2.3, 3.2, 6.1). */
function framingFault({ httpVersion, headers }: IncomingMessage): string | undefined {
  const { host } = headers
  if (host !== undefined && !HOST.test(host)) return 'The Host header names no host.'
  if (httpVersion === '1.1')
    return host === undefined ? 'The request has no Host header.' : undefined
  // Over HTTP/2, on somebody else's server, the method is a header too.
  if (httpVersion === '2.0' && headers[':method'] !== undefined) return undefined
  if (httpVersion !== '1.0') return 'The request line names no version of HTTP that is spoken here.'
  return headers['transfer-encoding'] === undefined
    ? undefined
    : 'HTTP/1.0 has no Transfer-Encoding.'
}

// The sentence is ours and of a header's name that we know: it may be told, and is logged.
function unreadable(message: string): AppError {
  return httpProblems.malformed({ message, reason: message })
}

function hasControl(url: string): boolean {
  if (url.includes('%00')) return true
  for (let at = 0; at < url.length; at++) {
    const unit = url.charCodeAt(at)
    if (unit <= 0x20 || unit === 0x7f) return true
  }
  return false
}

function decodes(url: string): boolean {
  if (!url.includes('%')) return true
  try {
    decodeURIComponent(url)
    return true
  } catch {
    return false
  }
}

function headerFault(raw: IncomingMessage, limits: HygieneLimits): AppError | undefined {
  const { rawHeaders } = raw
  // Node drops headers beyond its own count without an error, Origin and tokens among them (CS-29).
  if (rawHeaders.length / 2 > limits.maxHeaders) return httpProblems.headersTooLarge()
  let seen: Set<string> | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? '').toLowerCase()
    if (!SINGLE.has(name)) continue
    seen ??= new Set()
    if (seen.has(name)) return unreadable(`The header ${name} was sent twice; send it once.`)
    seen.add(name)
  }
  const encoding = raw.headers['content-encoding']
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    return httpProblems.mediaType(encoding)
  return undefined
}
