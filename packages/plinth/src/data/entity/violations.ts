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
const [UNIQUE, CHECK] = ['23505', '23514']

/** Runs work on an entity's table and says a broken constraint in terms of its fields. */
export async function namingViolations<T>(
  declaration: Declaration,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw problemOf(declaration, error) ?? error
  }
}

function problemOf(declaration: Declaration, cause: unknown): AppError | undefined {
  const violation = violationIn(cause)
  if (violation === undefined) return undefined
  const { code, constraint } = violation
  if (code === UNIQUE) return taken(declaration, constraint, cause)
  if (FOREIGN_KEY.includes(code)) return dangling(declaration, constraint, cause)
  return code === CHECK ? broken(declaration, constraint, cause) : undefined
}

function taken({ uniques }: Declaration, constraint: string, cause: unknown): AppError | undefined {
  const key = uniques.find(({ name }) => name === constraint)
  if (key === undefined) return undefined
  const message = key.columns.length === 1 ? 'Is already taken' : 'Is already taken together'
  const details = key.columns.map((name) => ({ path: `body/${name}`, message, code: 'taken' }))
  return entityProblems.conflict({ details, cause })
}

function dangling({ references }: Declaration, constraint: string, cause: unknown): AppError {
  const reference = references.find(({ name }) => name === constraint)
  // A foreign key of another table: the row to be deleted is still pointed at.
  if (reference === undefined) return entityProblems.inUse({ cause })
  const message = `There is no such ${reference.to}`
  const details = [{ path: `body/${reference.column}`, message, code: 'unknown_reference' }]
  return entityProblems.invalid({ details, cause })
}

function broken({ checks }: Declaration, constraint: string, cause: unknown): AppError | undefined {
  const check = checks.find(({ name }) => name === constraint)
  if (check === undefined) return undefined
  const path = check.field === undefined ? 'body' : `body/${check.field}`
  const message = `Breaks the rule ${check.name}`
  return entityProblems.invalid({ details: [{ path, message, code: 'rule' }], cause })
}

function violationIn(error: unknown): Violation | undefined {
  if (!(error instanceof Error)) return undefined
  const found = 'code' in error && 'constraint' in error ? error : undefined
  if (typeof found?.code !== 'string' || typeof found.constraint !== 'string') {
    return violationIn(error.cause)
  }
  return { code: found.code, constraint: found.constraint }
}
