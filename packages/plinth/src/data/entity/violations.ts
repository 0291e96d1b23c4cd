import type { AppError } from '../../kernel/index.ts'
import type { Declaration } from './declaration.ts'
import { entityProblems } from './entity.errors.ts'

/** What PostgreSQL tells of a broken constraint (its appendix A, class 23). */
interface Violation {
  readonly code: string
  readonly constraint: string
}

// RESTRICT answers 23001 since PostgreSQL 18, and 23503 before it.
const FOREIGN_KEY = ['23503', '23001']
const [UNIQUE, CHECK, TOO_LONG] = ['23505', '23514', '54000'] as const

/** Where in the request the fields stand. */
export interface InputPlace {
  /** `body`, or `body/items/3` for one of a list. */
  readonly path: string
  /** Whether a row is deleted: then it is the one that is referred to, by rows of its own table too. */
  readonly isRemoval?: boolean
}

/** Runs work on an entity's table and says a broken constraint in terms of its fields. */
export async function namingViolations<T>(
  declaration: Declaration,
  work: () => Promise<T>,
  place: InputPlace = { path: 'body' },
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw problemOf(declaration, error, place) ?? error
  }
}

/** Whether a constraint was broken, so that the same statements would break it again. */
export function isViolation(error: unknown): boolean {
  return violationIn(error) !== undefined
}

function problemOf(
  declaration: Declaration,
  cause: unknown,
  place: InputPlace,
): AppError | undefined {
  const violation = violationIn(cause)
  if (violation === undefined) return undefined
  const broken: Broken = { constraint: violation.constraint, cause, ...place }
  if (violation.code === UNIQUE) return taken(declaration, broken)
  if (FOREIGN_KEY.includes(violation.code)) return dangling(declaration, broken)
  if (violation.code === TOO_LONG) return tooLong(declaration, broken)
  return violation.code === CHECK ? unruly(declaration, broken) : undefined
}

interface Broken extends InputPlace {
  readonly constraint: string
  readonly cause: unknown
}

function taken(
  { uniques }: Declaration,
  { constraint, cause, path }: Broken,
): AppError | undefined {
  const key = uniques.find(({ name }) => name === constraint)
  if (key === undefined) return undefined
  const message = key.columns.length === 1 ? 'Is already taken' : 'Is already taken together'
  const details = key.columns.map((name) => ({ path: `${path}/${name}`, message, code: 'taken' }))
  return entityProblems.conflict({ details, cause })
}

function dangling(
  { references }: Declaration,
  { constraint, cause, path, isRemoval = false }: Broken,
): AppError {
  const reference = references.find(({ name }) => name === constraint)
  // A foreign key of another table: the row to be deleted is still pointed at.
  if (reference === undefined || isRemoval) return entityProblems.inUse({ cause })
  const message = `There is no such ${reference.to}`
  const details = [{ path: `${path}/${reference.column}`, message, code: 'unknown_reference' }]
  return entityProblems.invalid({ details, cause })
}

function unruly(
  { checks, table }: Declaration,
  { constraint, cause, path }: Broken,
): AppError | undefined {
  const check = checks.find(({ name }) => name === constraint)
  if (check === undefined) return undefined
  const at = check.field === undefined ? path : `${path}/${check.field}`
  // As it was declared: the name of the table in front is for the catalogue.
  const message = `Breaks the rule ${check.name.replace(`${table}_`, '')}`
  return entityProblems.invalid({ details: [{ path: at, message, code: 'rule' }], cause })
}

/** A text without a limit of its own met an index: an entry has room for about 2,700 bytes. */
function tooLong({ uniques, indexes }: Declaration, { constraint, cause, path }: Broken): AppError {
  // Beyond 8 kB PostgreSQL does not even say which index it was.
  const key = [...uniques, ...indexes].find(({ name }) => name === constraint)
  if (key === undefined) {
    const details = [{ path, message: 'A text in it is too long for its index', code: 'too_long' }]
    return entityProblems.invalid({ details, cause })
  }
  const message = 'Is too long for its index'
  const details = key.columns.map((name) => ({
    path: `${path}/${name}`,
    message,
    code: 'too_long',
  }))
  return entityProblems.invalid({ details, cause })
}

function violationIn(error: unknown): Violation | undefined {
  if (!(error instanceof Error)) return undefined
  const found = 'code' in error && 'constraint' in error ? error : undefined
  if (typeof found?.code !== 'string') return violationIn(error.cause)
  if (found.code === TOO_LONG) return { code: TOO_LONG, constraint: String(found.constraint) }
  if (typeof found.constraint !== 'string') return violationIn(error.cause)
  return { code: found.code, constraint: found.constraint }
}
