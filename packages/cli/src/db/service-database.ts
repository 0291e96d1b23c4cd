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
  return {
    service,
    settings: config.database,
    environment: config.app.environment,
    tenancyMode: config.tenancy.mode,
    sets: setsOf(service, config.database),
  }
}

/** The platform's set, and the service's own unless another tool migrates it. */
export function setsOf(
  service: string,
  { migrations }: { readonly migrations: string },
): readonly MigrationSet[] {
  return migrations === 'external'
    ? ['platform']
    : ['platform', { folder: join(service, 'migrations') }]
}

/** The name under which a set is shown. */
export function setName(set: MigrationSet): 'platform' | 'service' {
  return set === 'platform' ? 'platform' : 'service'
}
