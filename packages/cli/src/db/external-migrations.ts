import { CliError } from '../cli-error.ts'
import { declaredSets } from './declared-sets.ts'

/**
 * Whether another tool migrates the tables of a service (`database.migrations: external`).
 * @throws CliError with the faults of its configuration
 */
export async function areMigrationsExternal(service: string): Promise<boolean> {
  const { sets } = await declaredSets(service)
  return sets.every((set) => set === 'platform')
}

/** What a command about the service's own migrations says where there are none. */
export function externalMigrations(): CliError {
  return new CliError(
    'database.migrations is external, so another tool migrates the tables of this service; "plinth db check" still compares them with the entities.',
    2,
  )
}
