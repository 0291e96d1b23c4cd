import { revisionNumber } from './revision-number.ts'
import type { MigrationSet } from './service-database.ts'

type Settings = Parameters<typeof import('plinth/data')['ownerConnection']>[0]

/** Where a set stands in the database, and the number of the migration that a person named. */
export async function standingOf(settings: Settings, set: MigrationSet, text: string) {
  const { migrationStatus, ownerConnection } = await import('plinth/data')
  const status = await migrationStatus({ ...ownerConnection(settings), set })
  const names = [...status.applied.map(({ name }) => name), ...status.pending].sort()
  return { ...status, to: revisionNumber(text, names) }
}
