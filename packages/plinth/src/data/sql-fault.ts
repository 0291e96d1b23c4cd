import { DatabaseError } from 'pg'
import { AppError, type Problem } from '../kernel/index.ts'
import { dataProblems } from './data.errors.ts'

/**
 * What PostgreSQL said, without the values: its `detail` quotes rows, also those of another tenant
 * (a unique violation names the value that was there before).
 */
export class SqlFault extends Error {
  override readonly name = 'SqlFault'
  /** SQLSTATE (PostgreSQL manual, appendix A). */
  readonly code: string
  readonly constraint: string | undefined
  readonly table: string | undefined
  readonly column: string | undefined

  constructor(error: DatabaseError) {
    super(withoutValues(error))
    this.code = error.code ?? 'XX000'
    this.constraint = error.constraint
    this.table = error.table
    this.column = error.column
  }
}

/** Class 22 quotes the value that it could not read. */
function withoutValues({ code, message }: DatabaseError): string {
  const said = code?.startsWith('22') === true ? message.replace(/: ".*$/s, '') : message
  return `${code ?? 'XX000'} ${said}`
}

const RETRY_SECONDS = 2

/**
 * Turns what the driver or the server threw into what a caller may see. What has no public meaning
 * (a statement that is wrong) comes back as a {@link SqlFault}, and that is a 500.
 */
export function toCaller(error: unknown): unknown {
  if (error instanceof AppError) return error
  if (error instanceof DatabaseError) {
    const cause = new SqlFault(error)
    if (isStalePlan(error)) return dataProblems.contended({ cause })
    return kindOf(cause.code)?.({ cause, ...retryAfter(cause.code) }) ?? cause
  }
  if (isConnectionLoss(error)) return unavailable(error)
  return error
}

/** The database is not there: for whatever reason, it may be back in a moment. */
export function unavailable(cause: unknown): AppError {
  return dataProblems.unavailable({ cause, retryAfterSeconds: RETRY_SECONDS })
}

/** Codes that need their own answer; those of a whole class follow below. */
const BY_CODE: Readonly<Record<string, Problem>> = {
  '23505': dataProblems.taken,
  '23P01': dataProblems.taken,
  '23503': dataProblems.referenced,
  '23001': dataProblems.referenced,
  '23514': dataProblems.rule,
  '23502': dataProblems.rule,
  '22021': dataProblems.invalidValue,
  '22P05': dataProblems.invalidValue,
  '22P02': dataProblems.invalidValue,
  '22001': dataProblems.invalidValue,
  '22003': dataProblems.invalidValue,
  '22007': dataProblems.invalidValue,
  '22008': dataProblems.invalidValue,
  '40001': dataProblems.contended,
  '40P01': dataProblems.contended,
  '55P03': dataProblems.timeout,
  '57014': dataProblems.timeout,
  '25P03': dataProblems.timeout,
  // Read-only: the server is a standby now, or an operator is at work.
  '25006': dataProblems.unavailable,
  '28P01': dataProblems.unavailable,
  '28000': dataProblems.unavailable,
  '3D000': dataProblems.unavailable,
}

/** Connection exceptions, exhausted resources, operator intervention, system errors. */
const UNAVAILABLE_CLASSES: ReadonlySet<string> = new Set(['08', '53', '57', '58'])

function kindOf(code: string): Problem | undefined {
  if (UNAVAILABLE_CLASSES.has(code.slice(0, 2))) return BY_CODE[code] ?? dataProblems.unavailable
  return BY_CODE[code]
}

function retryAfter(code: string): { retryAfterSeconds?: number } {
  const status = kindOf(code)?.status
  return status === 503 ? { retryAfterSeconds: RETRY_SECONDS } : {}
}

/** The error codes of sockets, and the texts of pg and pg-pool, which have no codes. */
const SOCKET =
  /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|ENOENT|EADDRNOTAVAIL|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/
const TEXT =
  /^(Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed|The server does not support SSL)/

function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss)
  const code = 'code' in error ? String(error.code) : ''
  return SOCKET.test(code) || TEXT.test(error.message)
}

/** Whether the connection on which this happened must not be used again. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof AppError) return breaksConnection(error.cause)
  if (!(error instanceof SqlFault) && !(error instanceof DatabaseError)) {
    return isConnectionLoss(error)
  }
  const code = error.code ?? ''
  // Read-only: after a failover this connection still leads to the old primary.
  return code === '25006' || code === '25P03' || code.startsWith('08') || code.startsWith('57P')
}

/**
 * Whether a prepared statement is no longer what it was: a migration changed its table, or a pooler swapped
 * the server. Under a new name it runs again.
 */
export function isStalePlan(error: unknown): boolean {
  if (error instanceof AppError) return isStalePlan(error.cause)
  // Nothing else of the code becomes an error of ours (`toCaller`).
  if (error instanceof SqlFault) return STALE.has(error.code)
  if (!(error instanceof DatabaseError)) return false
  return error.routine === 'RevalidateCachedQuery' || error.code === '26000'
}

/** feature_not_supported, as PostgreSQL says it of a plan whose columns changed; no such statement. */
const STALE: ReadonlySet<string> = new Set(['0A000', '26000'])

/** Whether PostgreSQL chose this transaction as the one to give way. */
export function isContention(error: unknown): boolean {
  return error instanceof AppError && error.code === dataProblems.contended.code
}
