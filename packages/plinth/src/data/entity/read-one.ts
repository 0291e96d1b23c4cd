import type { Db, Statement } from '../db.ts'
import { entityProblems } from './entity.errors.ts'
import type { EntityTable } from './entity-table.ts'
import { firstRow, run } from './entity-table.ts'
import { expansionSql } from './list/expansion-sql.ts'
import type { Expanded, Expansion, Scope } from './list/list-options.ts'
import { meetsDemand } from './precondition.ts'
import type { AnyRow } from './read-row.ts'
import { rowReader } from './read-row.ts'
import type { Target } from './statements.ts'

/** A row with what its references point at. */
export interface ExpandedRow {
  readonly row: AnyRow
  readonly expanded: Expanded
}

/** The row, or undefined when there is none that the caller may see. */
export async function find(
  table: EntityTable,
  db: Db,
  target: Omit<Target, 'version'>,
): Promise<AnyRow | undefined> {
  // Callers may hand on a whole target: its version must not hide the row.
  return firstRow(table, await run(db, table.sql.find({ ...target, version: undefined })))
}

/** The row as it is now, if it is there and is the version that the caller means. */
export async function current(table: EntityTable, db: Db, target: Target): Promise<AnyRow> {
  const row = await find(table, db, target)
  if (row === undefined) throw entityProblems.notFound()
  if (!meetsDemand(row.version, target.version)) throw entityProblems.stale()
  return row
}

/** Says why a statement found no row to change: it is gone, or no longer that version. */
export async function refuse(table: EntityTable, db: Db, target: Target): Promise<never> {
  const row = await find(table, db, target)
  throw row === undefined ? entityProblems.notFound() : entityProblems.stale()
}

/** The row and what it refers to, in one round trip. */
export async function findExpanded(
  table: EntityTable,
  db: Db,
  { id, expand, ...scope }: Scope & { readonly id: string; readonly expand: readonly Expansion[] },
): Promise<ExpandedRow | undefined> {
  const found = table.sql.find({ id, ...scope })
  const expansions = expand.map((one) => expansionOf(table, { id, ...scope }, one))
  const [first, ...others] = await db.batch([found, ...expansions])
  const row = first && firstRow(table, first)
  if (row === undefined) return undefined
  const expanded = new Map(
    expand.map(({ column, target }, at) => {
      const rows = (others[at]?.rows ?? []).map(rowReader(target.declaration))
      return [column, new Map(rows.map((one) => [one.id, one]))]
    }),
  )
  return { row, expanded }
}

function expansionOf(table: EntityTable, target: Target, one: Expansion): Statement {
  const { text, values = [] } = table.sql.reference(target, one.column)
  return {
    text: expansionSql(one, text, values.length),
    values: one.owner === undefined ? values : [...values, one.owner],
  }
}
