import { type Applied, historyFault, readHistory } from './history.ts'
import { type MigrateOptions, setOf } from './migrate.ts'
import { headsOf } from './migration-chain.ts'
import { onConnection, type ReadSession } from './migration-client.ts'
import { type Migration, readMigrations } from './migration-files.ts'

/** Where a set stands in a database. */
export interface MigrationStatus {
  readonly applied: readonly Applied[]
  /** Names of the files that are not applied yet, in order. */
  readonly pending: readonly string[]
  /** Number that the database is at; 0 when nothing is applied. */
  readonly current: number
  /** Names of the migrations that no other comes after; several only in a service's own set. */
  readonly heads: readonly string[]
  /** Why `migrate()` would refuse: an applied file was edited or is gone; undefined when it would not. */
  readonly fault: string | undefined
}

/** Compares files and database; changes nothing. */
export async function migrationStatus(
  options: ReadSession & Pick<MigrateOptions, 'set' | 'evenEdited'>,
): Promise<MigrationStatus> {
  const { folder, set } = setOf(options.set)
  const files = await readMigrations(folder)
  const applied = await onConnection(options, (client) => readHistory(client, set))
  const current = applied.at(-1)?.number ?? 0
  const pending = files
    .filter(({ name }) => !applied.some((one) => one.name === name))
    .map(({ name }) => name)
  const fault = historyFault(files, applied, options.evenEdited)
  return { applied, pending, current, heads: headNames(set, files), fault }
}

/** The `heads` of a set, from its files alone: no database is asked. */
export async function migrationHeads(of: MigrateOptions['set']): Promise<readonly string[]> {
  const { folder, set } = setOf(of)
  return headNames(set, await readMigrations(folder))
}

function headNames(set: string, files: readonly Migration[]): readonly string[] {
  const ends = set === 'service' ? headsOf(files) : files.slice(-1)
  return ends.map(({ name }) => name)
}
