import type { z } from 'zod'
import type { Db, Rows, Statement } from '../db.ts'
import type { Declaration } from './declaration.ts'
import type { AnyRow, RawRow, ReadRow } from './read-row.ts'
import type { EntityStatements } from './statements.ts'

/** What the operations of one entity share. */
export interface EntityTable {
  readonly declaration: Declaration
  readonly schemas: { readonly whole: z.ZodType; readonly changes: z.ZodType }
  readonly sql: EntityStatements
  readonly read: ReadRow
}

/** Runs one statement. */
export function run(db: Db, { text, values }: Statement): Promise<Rows<RawRow>> {
  return db.query(text, values)
}

/** The one row that a statement answered, if it did. */
export function firstRow(
  { read }: Pick<EntityTable, 'read'>,
  { rows: [raw] }: Rows<RawRow>,
): AnyRow | undefined {
  return raw === undefined ? undefined : read(raw)
}
