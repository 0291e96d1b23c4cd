import { bodyOf } from './transport.ts'

/** One fault of a request's input, as the service words it. */
export interface ProblemDetail {
  /** Where: `body/sku`. */
  readonly path: string
  readonly message: string
  readonly code?: string
}

/** A refusal of the service: its problem document (RFC 9457) as an error. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** HTTP status. */
  readonly status: number
  /** Stable name of the problem, to decide by: `auth.no_session`; `http.<status>` for a foreign answer. */
  readonly code: string
  /** One sentence for people; also the error's message. */
  readonly detail: string
  /** Which fields were wrong; empty for other problems. */
  readonly details: readonly ProblemDetail[]
  /** Joins the failure to the service's log. */
  readonly requestId: string | undefined
  /** Seconds to wait before trying again, where the service says so. */
  readonly retryAfterSeconds: number | undefined

  constructor(answer: Response, body: Readonly<Record<string, unknown>>) {
    const detail = textOf(body['detail']) ?? `The service answered ${answer.status}.`
    super(detail)
    this.status = answer.status
    this.code = textOf(body['code']) ?? `http.${answer.status}`
    this.detail = detail
    this.details = Array.isArray(body['details']) ? body['details'].filter(isDetail) : []
    this.requestId = textOf(body['request_id']) ?? answer.headers.get('x-request-id') ?? undefined
    this.retryAfterSeconds = secondsOf(answer.headers.get('retry-after'))
  }

  /** Reads the problem that an answer carries; also from an answer that carries none. */
  static async of(answer: Response): Promise<ProblemError> {
    // Its status is worth more than what is wrong with its body.
    return new ProblemError(answer, await jsonOf(answer).catch(() => ({})))
  }
}

/** The JSON object in an answer; an empty one where there is none (a proxy's HTML page). */
export async function jsonOf(answer: Response): Promise<Readonly<Record<string, unknown>>> {
  const isJson = answer.headers.get('content-type')?.includes('json') === true
  const body = isJson ? parse(await bodyOf(answer)) : undefined
  return isRecord(body) ? body : {}
}

const NO_JSON =
  'What answered is not the service: it sent no JSON. Check the address, and what stands between.'

/**
 * The JSON that a successful answer carries, undefined where it has no body.
 * @throws ProblemError when the service refuses, or something else answered in its place
 */
export async function resultOf(answer: Response): Promise<unknown> {
  if (!answer.ok) throw await ProblemError.of(answer)
  const text = await bodyOf(answer)
  if (text === '') return undefined
  const body = parse(text)
  if (body === undefined) throw new ProblemError(answer, { detail: NO_JSON })
  return body
}

/** JSON as a value; undefined for what is none. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isDetail(value: unknown): value is ProblemDetail {
  return (
    isRecord(value) && typeof value['path'] === 'string' && typeof value['message'] === 'string'
  )
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function secondsOf(header: string | null): number | undefined {
  return header !== null && /^\d{1,9}$/.test(header) ? Number(header) : undefined
}
