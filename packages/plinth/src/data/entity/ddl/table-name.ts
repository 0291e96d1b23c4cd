import type { Declaration } from '../declaration.ts'
import { plain } from '../names.ts'

/** Schema and table, as SQL text. */
export function tableName({ schema, table }: Pick<Declaration, 'schema' | 'table'>): string {
  return `${plain(schema)}.${plain(table)}`
}

/** Columns between parentheses, the tenant's first where there is one. */
export function keyColumns(
  { tenant }: Pick<Declaration, 'tenant'>,
  columns: readonly string[],
): string {
  return [...(tenant === undefined ? [] : [tenant]), ...columns].map(plain).join(', ')
}
