import type { Migration } from './migration-files.ts'
import { codeOf, statementsOf } from './sql-text.ts'

/** The line that a file begins with when its one statement cannot, or must not, share a transaction. */
export const NO_TRANSACTION = '-- plinth: no transaction'

const MARKED = /^-- plinth: no transaction[ \t\r]*$/m
const ALONE = /\bconcurrently\b|\bvalidate\s+constraint\b/i

/**
 * Whether a half of a migration runs outside a transaction.
 * @throws Error naming the file when it must and does not say so, or says so and holds more than one
 *   statement: what came before a failing one would stay
 */
export function runsAlone({ name, ...texts }: Migration, half: 'up' | 'down'): boolean {
  const file = `${name}.${half}.sql`
  const marked = MARKED.test(texts[half])
  if (!marked && ALONE.test(codeOf(texts[half]))) {
    throw new Error(
      `${file} says CONCURRENTLY or VALIDATE, which does not go with other statements: give it the line "${NO_TRANSACTION}" and one statement`,
    )
  }
  const count = statementsOf(texts[half]).length
  if (marked && count !== 1) {
    throw new Error(
      `${file} says "no transaction" and holds ${count} statements; give each a migration of its own`,
    )
  }
  return marked
}
