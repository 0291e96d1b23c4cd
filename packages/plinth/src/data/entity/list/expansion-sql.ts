import type { Expansion } from './list-options.ts'
import { columnSql, rowColumns, scopeSql, tableOf } from './table-sql.ts'

/**
 * The rows that a column of a page refers to. The page stands inside it, so that both travel in one
 * round trip.
 * @param references the statement that reads the column
 * @param places how many places that statement names
 */
export function expansionSql(
  { target: { declaration }, owner }: Expansion,
  references: string,
  places: number,
): string {
  const scope = scopeSql(declaration, { owner }, () => `$${places + 1}`)
  const found = `${columnSql(declaration, 'id')} = any(array(${references}))`
  return (
    `select ${rowColumns(declaration)} from ${tableOf(declaration)} ` +
    `where ${[found, ...scope].join(' and ')}`
  )
}
