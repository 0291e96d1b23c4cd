import { misuse } from '../cli-error.ts'
import { externalMigrations } from './external-migrations.ts'
import type { MigrationSet } from './service-database.ts'

/** The option that says which migrations a command is about. */
export const setArgument = {
  set: {
    type: 'string',
    valueHint: 'platform|service',
    default: 'service',
    description: 'Which migrations',
  },
} as const

/**
 * The set that `--set` names.
 * @throws CliError for a name that there is not, or when another tool migrates the service
 */
export function chosenSet(name: string, sets: readonly MigrationSet[]): MigrationSet {
  const [platform, service] = sets
  if (name === 'platform' && platform !== undefined) return platform
  if (name !== 'service') throw misuse(`--set takes platform or service, not "${name}".`)
  if (service === undefined) throw externalMigrations()
  return service
}
