import type { ErrorDetail } from '../../kernel/index.ts'
import { AppError } from '../../kernel/index.ts'
import { httpProblems } from '../http.errors.ts'

/** The body of every error (decision D2): exactly these fields, RFC 9457. */
export interface ProblemBody {
  readonly type: string
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly code: string
  readonly message: string
  readonly details: readonly ErrorDetail[]
  readonly request_id: string
}

/** Renders an error for the wire. Nothing but its public part is read. */
export function problemBody(error: AppError, instance: string, requestId: string): ProblemBody {
  return {
    type: `urn:problem:${error.code}`,
    title: titleOf(error.status),
    status: error.status,
    detail: error.message,
    instance,
    code: error.code,
    message: error.message,
    details: error.details,
    request_id: requestId,
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  409: 'Conflict',
  412: 'Precondition failed',
  413: 'Content too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  422: 'Not valid',
  428: 'Precondition required',
  429: 'Too many requests',
  431: 'Headers too large',
  500: 'Internal error',
  503: 'Unavailable',
}

function titleOf(status: number): string {
  return TITLES[status] ?? (status < 500 ? 'Request refused' : 'Internal error')
}

/** What Fastify itself refuses, in our words. */
const FASTIFY_ERRORS: Readonly<Record<string, () => AppError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => httpProblems.bodyTooLarge(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => httpProblems.mediaType(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => httpProblems.malformed('content length differs'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => httpProblems.malformed({ message: 'The body is empty.' }),
  FST_ERR_CTP_EMPTY_TYPE: () => httpProblems.mediaType(),
  FST_ERR_BAD_URL: () => httpProblems.malformed('bad url'),
  FST_ERR_MAX_PARAM_LENGTH: () => httpProblems.urlTooLong(),
  FST_ERR_NOT_FOUND: () => httpProblems.notFound(),
}

/** Any thrown value as an error of ours; what is not known is a 500 that says nothing. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (Object.hasOwn(FASTIFY_ERRORS, code))
    return FASTIFY_ERRORS[code]?.() ?? httpProblems.internal()
  return httpProblems.internal({ cause: error })
}
