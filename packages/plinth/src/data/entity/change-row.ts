import type { Db, Statement } from '../db.ts'
import { entityProblems } from './entity.errors.ts'
import type { EntityTable } from './entity-table.ts'
import { firstRow, run } from './entity-table.ts'
import { current, refuse } from './read-one.ts'
import type { AnyRow } from './read-row.ts'
import { checkRules, parseFields } from './row-input.ts'
import type { Target, Values } from './statements.ts'
import { namingViolations } from './violations.ts'

const ATTEMPTS = 5

/** Changes the named fields and no others. */
export async function update(
  table: EntityTable,
  db: Db,
  { target, changes }: { readonly target: Target; readonly changes: object },
): Promise<AnyRow> {
  const parsed = parseFields(table.schemas.changes, changes)
  if (Object.keys(parsed).length === 0) return current(table, db, target)
  if (table.declaration.rules.length > 0) return updateByRules(table, db, { target, parsed })
  const written = await write(table, db, table.sql.update(target, parsed))
  return written ?? refuse(table, db, target)
}

/**
 * Rules look at the whole row, so the row is read first and written only if it is still the same;
 * another writer in between means one more look.
 */
async function updateByRules(
  table: EntityTable,
  db: Db,
  { target, parsed }: { readonly target: Target; readonly parsed: Values },
): Promise<AnyRow> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const row = await current(table, db, target)
    checkRules(table.declaration, { ...row, ...parsed })
    const same = table.sql.update({ ...target, version: row.version }, parsed)
    const written = await write(table, db, same)
    if (written !== undefined) return written
  }
  throw entityProblems.stale(`other writers came first ${ATTEMPTS} times`)
}

/** Deletes the row, or marks it as deleted. */
export async function remove(table: EntityTable, db: Db, target: Target): Promise<void> {
  const statement = table.sql.remove(target)
  const place = { path: 'body', isRemoval: true }
  const removed = await namingViolations(table.declaration, () => run(db, statement), place)
  if (removed.rowCount === 0) await refuse(table, db, target)
}

/** Takes a deleted row back; one that is not deleted is not found. */
export async function restore(table: EntityTable, db: Db, target: Target): Promise<AnyRow> {
  if (!table.declaration.softDelete) throw new TypeError(`${table.declaration.name}: ${NO_TRACE}`)
  const restored = await write(table, db, table.sql.restore(target))
  return restored ?? refuse(table, db, { ...target, deleted: 'only' })
}

const NO_TRACE = 'a deleted row is gone; declare softDelete: true to keep it'

async function write(
  table: EntityTable,
  db: Db,
  statement: Statement,
): Promise<AnyRow | undefined> {
  return firstRow(table, await namingViolations(table.declaration, () => run(db, statement)))
}
