import { join } from 'node:path'
import type { AnyEntity } from 'plinth/data'
import { afterLine, chainFault, migrationFor, readMigrations } from 'plinth/data'
import { misuse } from '../cli-error.ts'
import type { NewFile } from './safe-place.ts'

/**
 * The two files of the migration that creates the table of a new entity. Its text is that of
 * `createTableSql`, so nothing need be compared and no database is asked.
 * @param others the entities that it refers to
 * @throws CliError (exit code 2) when the migrations that are there are no single line
 */
export async function tableMigration(
  service: string,
  entity: AnyEntity,
  others: readonly AnyEntity[],
): Promise<readonly NewFile[]> {
  const there = await readMigrations(join(service, 'migrations'))
  const fault = chainFault(there)
  if (fault !== undefined) throw misuse(`${fault}.`)
  const last = there.at(-1)
  const number = String((last?.number ?? 0) + 1).padStart(4, '0')
  const { up, down } = migrationFor(entity, others)
  const name = `migrations/${number}_${entity.name}`
  return [
    { file: `${name}.up.sql`, text: `${afterLine(last?.name)}\n\n${up}` },
    { file: `${name}.down.sql`, text: down },
  ]
}
