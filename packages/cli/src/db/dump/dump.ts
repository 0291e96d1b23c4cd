import {
  HISTORY_SQL,
  migrationStatus,
  onConnection,
  PLATFORM_MIGRATIONS,
  readMigrations,
} from 'plinth/data'
import { type MigrationSet, setName } from '../service-database.ts'
import { type DumpedRows, dumpRows } from './dump-rows.ts'

/** What to dump. */
export interface DumpRequest {
  /** How the owner reaches the database. */
  readonly owner: Omit<Parameters<typeof migrationStatus>[0], 'set'>
  readonly sets: readonly MigrationSet[]
  /** Whether rows go along. */
  readonly data: boolean
  /** Takes the text, a piece at a time. */
  readonly write: (text: string) => Promise<void>
}

/**
 * Writes a database as SQL that `psql` reads into an empty one that `plinth db setup` made: every
 * applied migration in order, then the rows. What was made past the migrations is not in it.
 * @returns what a person should know of the rows; undefined where none were asked for
 * @throws Error when the file of an applied migration is missing
 */
export async function dump(request: DumpRequest): Promise<DumpedRows | undefined> {
  const { owner, sets, data, write } = request
  await write(
    `-- Read it into an empty database that "plinth db setup" made: psql -f\n${HISTORY_SQL}`,
  )
  for (const set of sets) {
    const files = await readMigrations(set === 'platform' ? PLATFORM_MIGRATIONS : set.folder)
    const { applied } = await migrationStatus({ ...owner, set })
    for (const { name, number, hash } of applied) {
      const file = files.find((one) => one.name === name)
      if (file === undefined) throw new Error(`${name} is applied, and its file is missing`)
      await write(`\n-- ${setName(set)} ${name}\n${inOneGo(file.up)}`)
      const values = [`'${setName(set)}'`, number, `'${name}'`, `'${hash}'`].join(', ')
      await write(`insert into plinth.migrations (set, number, name, hash) values (${values});\n`)
    }
  }
  return data ? onConnection(owner, (connection) => dumpRows(connection, write)) : undefined
}

/** In an empty database nobody is kept waiting, and a transaction may hold all of it. */
function inOneGo(up: string): string {
  const text = up.replace(/^-- plinth: no transaction[ \t]*\n/m, '')
  return text === up ? up : text.replace(/\bconcurrently\s+/i, '')
}
