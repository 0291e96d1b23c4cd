import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { loadServiceSettings } from '../dev/service-settings.ts'

/**
 * The database settings of the service here, and its folder of migrations.
 * @throws CliError when there is no service here, or its configuration has faults
 */
export async function serviceDatabase() {
  const { service } = devFolder()
  const loaded = await loadServiceSettings(service, process.env)
  if (!loaded.ok) throw misuse(loaded.lines.join('\n'))
  const { config } = loaded
  const sets = ['platform', { folder: join(service, 'migrations') }] as const
  return { settings: config.database, environment: config.app.environment, sets }
}

/** The name under which a set is shown. */
export function setName(set: 'platform' | { readonly folder: string }): 'platform' | 'service' {
  return set === 'platform' ? 'platform' : 'service'
}
