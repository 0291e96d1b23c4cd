import { type Client, escapeIdentifier } from 'pg'
import type { DbLog } from '../db-log.ts'
import { codeOf } from './sql-text.ts'

const CREATE =
  /^create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?("?)(\w+)\1\s+on\s+(?:only\s+)?("?)(\w+)\3\s*\.\s*("?)(\w+)\5/i

/**
 * Makes way for a CREATE INDEX CONCURRENTLY that was tried before (FI-44): a failed one leaves an
 * index behind that is written and never read, and its name is taken.
 * @returns whether the statement is still to be run; false when an earlier run ended between the
 *   index and the history
 */
export async function clearWay(client: Client, sql: string, log: DbLog): Promise<boolean> {
  const [, , index, , schema, , table] = CREATE.exec(codeOf(sql)) ?? []
  if (index === undefined || schema === undefined || table === undefined) return true
  const { rows } = await client.query<{ valid: boolean }>(
    `select i.indisvalid and i.indisready as valid
       from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
       join pg_catalog.pg_class t on t.oid = i.indrelid
       join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      where n.nspname = $1 and c.relname = $2 and t.relname = $3`,
    [schema, index, table],
  )
  const [found] = rows
  if (found === undefined) return true
  if (found.valid) {
    log.info({ index }, 'the index is there already, from a run that was interrupted')
    return false
  }
  const name = `${escapeIdentifier(schema)}.${escapeIdentifier(index)}`
  await client.query(`drop index concurrently ${name}`)
  log.info({ index }, 'dropped an index that an earlier run left unfinished')
  return true
}
