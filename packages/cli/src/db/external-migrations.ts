import { CliError, misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { secretsFor } from '../dev/dev-secrets.ts'
import { placeholderEnvironment } from '../dev/service-needs.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'

/**
 * Whether another tool migrates the tables of a service (`database.migrations: external`).
 * @throws CliError with the faults of its configuration
 */
export async function areMigrationsExternal(service: string): Promise<boolean> {
  const secrets = secretsFor(devFolder(service).secrets)
  const env = { ...placeholderEnvironment, ...secrets, ...process.env }
  const loaded = await loadServiceSettings(service, env)
  if (!loaded.ok) throw misuse(loaded.lines.join('\n'))
  return loaded.config.database.migrations === 'external'
}

/** What a command about the service's own migrations says where there are none. */
export function externalMigrations(): CliError {
  return new CliError(
    'database.migrations is external, so another tool migrates the tables of this service; "plinth db check" still compares them with the entities.',
    2,
  )
}
