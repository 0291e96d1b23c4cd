import type { Declaration } from '../declaration.ts'
import { quote } from '../names.ts'
import type { ListedColumn } from './base-columns.ts'
import { comparedAs } from './keyset.ts'
import type { Filter } from './list-options.ts'
import { columnSql } from './table-sql.ts'

/** Conditions, and how many places for values they name. */
export interface Conditions {
  readonly where: readonly string[]
  readonly places: number
}

/** Names the next place for a value: `$3`. */
export type NextPlace = () => string

/** Most rows that a search finds; the newest are kept. */
export const MOST_FOUND = 1_000

const COMPARISONS: Readonly<Record<string, string>> = {
  eq: '=',
  gt: '>',
  gte: '>=',
  lt: '<',
  lte: '<=',
}

/** One filter as a condition that an index range answers. */
export function filterSql(
  name: string,
  column: ListedColumn | undefined,
  { filter: { operator, value }, place }: { filter: Filter; place: NextPlace },
): string {
  if (operator === 'null') return value === true ? `${name} is null` : `${name} is not null`
  const type = comparedAs(column)
  const at = place()
  if (operator === 'in') return `${name} = any(${at}::${type}[])`
  // No index range holds "not equal"; "below or above" are two.
  if (operator === 'ne') return `(${name} < ${at}::${type} or ${name} > ${at}::${type})`
  return `${name} ${COMPARISONS[operator]} ${at}::${type}`
}

/** The rows that a search finds. */
export function searchSql(declaration: Declaration, at: string): string {
  const named = (declaration.searchFunction ?? '').split('.').map(quote).join('.')
  // An array, so that the function runs once, before the rows are looked up by their key.
  return `${columnSql(declaration, 'id')} = any(array(select ${named}(${at}::text, ${MOST_FOUND})))`
}
