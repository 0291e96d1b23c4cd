import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'
import { settingsTrouble } from '../dev/settings-trouble.ts'

/** A set of migrations: the platform's, or the folder of the service's. */
export type MigrationSet = 'platform' | { readonly folder: string }

/**
 * The database settings of the service here, and its sets of migrations: the platform's, and its own
 * unless another tool migrates it.
 * @throws CliError when there is no service here, or its configuration has faults
 */
export async function serviceDatabase() {
  const { service } = devFolder()
  const loaded = await loadServiceSettings(service, process.env)
  if (!loaded.ok) throw misuse(settingsTrouble(loaded))
  const { config } = loaded
  const own: MigrationSet = { folder: join(service, 'migrations') }
  const isExternal = config.database.migrations === 'external'
  const sets: readonly MigrationSet[] = isExternal ? ['platform'] : ['platform', own]
  return {
    service,
    settings: config.database,
    environment: config.app.environment,
    tenancyMode: config.tenancy.mode,
    sets,
  }
}

/** The name under which a set is shown. */
export function setName(set: MigrationSet): 'platform' | 'service' {
  return set === 'platform' ? 'platform' : 'service'
}
