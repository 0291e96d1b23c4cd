import type { AnyEntity, Db } from '../../data/index.ts'
import { outgoing, rowsOf } from './export-rows.ts'
import { unexported } from './platform-columns.ts'
import { tenantTables } from './tenant-tables.ts'

/** How a tenant is exported. */
export interface ExportOptions {
  readonly entities: readonly AnyEntity[]
  /** Whether fields that hold personal data leave as they are. */
  readonly personal: boolean
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal
}

/**
 * All rows of a tenant as lines of JSON: `{"table":"app.products","row":{…}}`, at the end
 * `{"end":true,"rows":n}`. Each page is as it was when it was read.
 */
export async function* exportLines(
  db: Db,
  { entities, personal, signal }: ExportOptions,
): AsyncGenerator<string> {
  let count = 0
  for (const table of await tenantTables(db, 'select', entities)) {
    const name = `${table.schema}.${table.table}`
    if (unexported.has(name)) continue
    for await (const row of rowsOf(db, table, outgoing(table, entities, personal))) {
      signal.throwIfAborted()
      count += 1
      yield `${JSON.stringify({ table: name, row })}\n`
    }
  }
  yield `${JSON.stringify({ end: true, rows: count })}\n`
}
