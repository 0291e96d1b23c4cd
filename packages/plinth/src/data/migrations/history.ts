import type { Client } from 'pg'
import type { Migration } from './migration-files.ts'

/** One applied migration. */
export interface Applied {
  readonly number: number
  readonly name: string
  readonly hash: string
  readonly appliedAt: string
}

/** What a database needs before its first migration, beside its roles. */
export const HISTORY_SQL = `create schema if not exists plinth;
create schema if not exists app;
create table plinth.migrations (
  set        text not null,
  number     integer not null,
  name       text not null,
  hash       text not null,
  applied_at timestamptz(3) not null default now(),
  primary key (set, number)
);
`

/** Makes the history table where it is missing. Called under the migration lock. */
export async function ensureHistory(client: Client): Promise<void> {
  const { rows } = await client.query("select to_regclass('plinth.migrations') as known")
  if (rows[0]?.known === null) await client.query(HISTORY_SQL)
}

/** What is applied of a set, in order; nothing when the database is still empty. */
export async function readHistory(client: Client, set: string): Promise<readonly Applied[]> {
  const known = await client.query("select to_regclass('plinth.migrations') as known")
  if (known.rows[0]?.known === null) return []
  const { rows } = await client.query<Applied>(
    `select number, name, hash, to_json(applied_at) #>> '{}' as "appliedAt"
       from plinth.migrations where set = $1 order by number`,
    [set],
  )
  return rows
}

/**
 * Compares files and history.
 * @throws Error when an applied file was edited or is gone, or a new one sorts before an applied one
 */
export function assertSameHistory(
  files: readonly Migration[],
  applied: readonly Applied[],
  evenEdited = false,
): void {
  const fault = historyFault(files, applied, evenEdited)
  if (fault !== undefined) throw new Error(fault)
}

/** Where files and history differ first: a sentence, or undefined where they do not. */
export function historyFault(
  files: readonly Migration[],
  applied: readonly Applied[],
  evenEdited = false,
): string | undefined {
  const byNumber = new Map(files.map((file) => [file.number, file]))
  const newestFile = files.at(-1)?.number ?? 0
  for (const { number, name, hash } of applied) {
    const file = byNumber.get(number)
    // A database that is ahead of the code: a rollback of the service, which must still run.
    if (file === undefined && number > newestFile) continue
    if (file === undefined) return `${name} is applied, and its file is missing`
    if (file.name !== name) return `${name} is applied, and is now called ${file.name}`
    if (file.hash !== hash && !evenEdited)
      return `${name} was edited after it was applied; restore it and add a new migration`
  }
  const newest = applied.at(-1)?.number ?? 0
  const known = new Set(applied.map(({ number }) => number))
  const late = files.find(({ number }) => number < newest && !known.has(number))
  return late && `${late.name} sorts before a migration that is applied; run "plinth db renumber"`
}
