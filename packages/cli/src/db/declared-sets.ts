import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { secretsFor } from '../dev/dev-secrets.ts'
import { placeholderEnvironment } from '../dev/service-needs.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'
import { type MigrationSet, setsOf } from './service-database.ts'

/** What the configuration of a service says of its migrations, where no database need be named. */
export interface DeclaredSets {
  readonly sets: readonly MigrationSet[]
  /** Whether a database is named. */
  readonly hasDatabase: boolean
}

/**
 * The sets of migrations of a service: the platform's, and its own unless another tool migrates it.
 * @throws CliError with the faults of its configuration
 */
export async function declaredSets(service: string): Promise<DeclaredSets> {
  const secrets = secretsFor(devFolder(service).secrets)
  const env = { ...placeholderEnvironment, ...secrets, ...process.env }
  const loaded = await loadServiceSettings(service, env)
  if (!loaded.ok) throw misuse(loaded.lines.join('\n'))
  const { database } = loaded.config
  const { url } = database
  return {
    sets: setsOf(service, database),
    hasDatabase: url !== undefined && url !== placeholderEnvironment.DATABASE_URL,
  }
}
