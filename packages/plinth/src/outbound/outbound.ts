import type { IncomingMessage } from 'node:http'
import type { Clock } from '../kernel/index.ts'
import { parseStrictJson } from '../kernel/index.ts'
import { exchange } from './exchange.ts'
import { OutboundError } from './outbound.errors.ts'
import type { OutboundSettings } from './outbound.settings.ts'
import type { Resolver } from './resolve.ts'
import { resolveChecked, systemResolver } from './resolve.ts'
import type { Reach } from './target.ts'
import { urlFault } from './target.ts'

/** One call to another host. */
export interface OutboundRequest {
  readonly url: string
  /** Where it may go; there is no default. */
  readonly reach: Reach
  readonly method?: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Milliseconds for the whole call; never more than `outbound.timeout_ms`. */
  readonly timeoutMs?: number
  /** Largest answer in bytes; never more than `outbound.max_answer_bytes`. */
  readonly maxBytes?: number
  readonly signal?: AbortSignal
}

/** What another host answered. Its body is for the caller's code, never for the caller's caller. */
export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** An answer whose body is unambiguous JSON. */
export interface JsonAnswer {
  readonly status: number
  readonly json: unknown
}

/** The one way to another host. */
export interface Outbound {
  /**
   * Calls a host and answers whatever status it gave, redirects excepted.
   * @throws OutboundError
   */
  request(request: OutboundRequest): Promise<Answer>
  /**
   * Like `request`, for an answer of type `application/json` (or `+json`) without duplicate keys.
   * @throws OutboundError also answer_type and answer_not_json
   */
  fetchJson(request: OutboundRequest): Promise<JsonAnswer>
}

/** What the client needs. */
export interface OutboundDeps {
  readonly settings: OutboundSettings
  readonly clock: Clock
  readonly log: { info(facts: object, message?: string): void }
  /** Finds the addresses of a name; the machine's resolver by default. */
  readonly resolver?: Resolver
}

/**
 * The HTTP client of the house: https only, to allowed hosts or public addresses, which are
 * resolved once, all checked, and connected to as checked; no redirects, no proxies from the
 * environment, no compression, and limits on time and size (security.md 8.3, ASVS V1.3.6).
 */
export function createOutbound(deps: OutboundDeps): Outbound {
  const request = (call: OutboundRequest) => timed(deps, call)
  return {
    request,
    async fetchJson(call) {
      const headers = { accept: 'application/json', ...call.headers }
      return asJson(hostOf(call.url), await request({ ...call, headers }))
    },
  }
}

async function timed(deps: OutboundDeps, call: OutboundRequest): Promise<Answer> {
  const started = deps.clock.monotonic()
  const log = (outcome: object) =>
    deps.log.info(
      {
        host: hostOf(call.url),
        duration_ms: Math.round(deps.clock.monotonic() - started),
        ...outcome,
      },
      'outbound call',
    )
  try {
    const answer = await perform(deps, call)
    log({ status: answer.status })
    return answer
  } catch (error) {
    log({ fault: error instanceof OutboundError ? error.code : 'unexpected' })
    throw error
  }
}

async function perform(deps: OutboundDeps, call: OutboundRequest): Promise<Answer> {
  if (!URL.canParse(call.url)) throw new OutboundError('bad_url', '')
  const url = new URL(call.url)
  const fault = urlFault(url, call.reach)
  if (fault !== undefined) throw new OutboundError(fault, url.host)
  const { timeout_ms, max_answer_bytes } = deps.settings
  return exchange({
    url,
    resolve: () => resolveChecked(url, call.reach, deps.resolver ?? systemResolver),
    method: call.method ?? 'GET',
    headers: call.headers ?? {},
    body: call.body,
    timeoutMs: Math.min(call.timeoutMs ?? timeout_ms, timeout_ms),
    maxBytes: Math.min(call.maxBytes ?? max_answer_bytes, max_answer_bytes),
    signal: call.signal,
  })
}

/** The type of an answer's body in lower case, without its parameters; empty when it names none. */
export function mediaType({ headers }: Pick<Answer, 'headers'>): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function asJson(host: string, answer: Answer): JsonAnswer {
  const type = mediaType(answer)
  if (type !== 'application/json' && !/^application\/[\w.-]+\+json$/.test(type)) {
    throw new OutboundError('answer_type', host)
  }
  const parsed = parseStrictJson(answer.body)
  if (!parsed.ok) throw new OutboundError('answer_not_json', host)
  return { status: answer.status, json: parsed.value }
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}
