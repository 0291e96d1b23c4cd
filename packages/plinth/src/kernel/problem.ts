/**
 * An error that a caller may see: a stable `code`, an HTTP `status` and one fixed public sentence.
 * `reason` and `cause` are for the log only and never reach an answer.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: string
  readonly status: number
  /** Field errors and other facts that the caller needs to mend the request. Public. */
  readonly details: readonly ErrorDetail[]
  /** Private: why it happened, for the log. */
  readonly reason: string | undefined
  /** Seconds after which the same request may succeed; becomes `Retry-After`. */
  readonly retryAfterSeconds: number | undefined

  constructor(kind: ProblemKind, more: ProblemContext = {}) {
    super(
      more.message ?? kind.message,
      more.cause === undefined ? undefined : { cause: more.cause },
    )
    this.code = kind.code
    this.status = kind.status
    this.details = more.details ?? []
    this.reason = more.reason
    this.retryAfterSeconds = more.retryAfterSeconds
  }
}

/** One thing that is wrong with the input: where, which rule, and what to do. */
export interface ErrorDetail {
  /** Path in the input, `/` separated, empty for the whole: `body/items/0/price`. */
  readonly path: string
  readonly message: string
  readonly code?: string
}

/** What one error code means, wherever it is raised. */
export interface ProblemKind {
  readonly code: string
  readonly status: number
  readonly message: string
}

/** What one occurrence adds: `message` and `details` are public, `reason` and `cause` private. */
export interface ProblemContext {
  /** Replaces the fixed sentence where a contract names the text (contract 4). Never built from input. */
  readonly message?: string
  readonly details?: readonly ErrorDetail[]
  readonly reason?: string
  readonly cause?: unknown
  readonly retryAfterSeconds?: number
}

/** A kind of error; calling it makes one: `throw retired()` or `throw retired('stock was 0')`. */
export interface Problem extends ProblemKind {
  (more?: string | ProblemContext): AppError
}

// Capitals are for codes that a contract names so.
const CODE = /^(?:[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+|[A-Z]+(?:_[A-Z]+)+)$/

/**
 * Declares an error code with its status and public sentence.
 * @param code dotted lower-case name, unique in the service: `product.retired`
 * @param status 4xx, or 503 for a dependency that is down
 * @param message one sentence for the caller: what happened and what to do
 * @throws TypeError when the code is neither a dotted lower-case name nor `WORDS_IN_CAPITALS`
 */
export function problem(code: string, status: ProblemStatus, message: string): Problem {
  if (!CODE.test(code)) throw new TypeError(`problem code "${code}" must look like "area.what"`)
  const kind: ProblemKind = { code, status, message }
  const raise = (more?: string | ProblemContext): AppError =>
    new AppError(kind, typeof more === 'string' ? { reason: more } : more)
  return Object.freeze(Object.assign(raise, kind))
}

export type ProblemStatus =
  | 400
  | 401
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 410
  | 412
  | 413
  | 414
  | 415
  | 416
  | 422
  | 425
  | 428
  | 429
  | 431
  | 500
  | 503
  | 507
