import { NIL_ID } from '../../kernel/index.ts'
import type { Column } from './column.ts'
import type { Declaration } from './declaration.ts'
import { columnSql, scopeSql, tableOf } from './list/table-sql.ts'

// Entities that keep their deleted rows. By name, because a reference has nothing else: two that refer to
// each other could not import each other. A service has one entity of a name, or does not start.
const keepers = new Map<string, Declaration>()

/** Remembers an entity for those that refer to it by its name. */
export function rememberKeeper(declaration: Declaration): void {
  if (declaration.softDelete) keepers.set(declaration.name, declaration)
  else keepers.delete(declaration.name)
}

/**
 * A new value of a column. A deleted row that is kept would satisfy the foreign key, so a reference to
 * one becomes a reference to no row at all, which the key refuses. The row is held until this
 * transaction ends, by the lock that the key takes anyway: whoever deletes it meanwhile waits.
 * @param place where the value stands: `$3`
 */
export function newValueSql(declaration: Declaration, column: Column, place: string): string {
  const target = keeperOf(declaration, column)
  if (target === undefined) return place
  const scope = scopeSql(target, {}, () => place)
  const live =
    `select ${columnSql(target, 'id')} from ${tableOf(target)} ` +
    `where ${[`${columnSql(target, 'id')} = ${place}::uuid`, ...scope].join(' and ')} for key share`
  return `case when ${place}::uuid is null then null else coalesce((${live}), '${NIL_ID}') end`
}

/** What a column changes to: a reference that stays as it was may go on pointing at a deleted row. */
export function changedValueSql(declaration: Declaration, column: Column, place: string): string {
  const value = newValueSql(declaration, column, place)
  if (value === place) return place
  const now = columnSql(declaration, column.name)
  return `case when ${now} is not distinct from ${place}::uuid then ${now} else ${value} end`
}

/** The entity that a column refers to, if deleting its rows keeps them and a foreign key stands between. */
function keeperOf({ migrated }: Declaration, { reference }: Column): Declaration | undefined {
  return reference === undefined || migrated === 'elsewhere' ? undefined : keepers.get(reference.to)
}
