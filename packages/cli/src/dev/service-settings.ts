import { faultLine, loadConfig, platformNames } from 'plinth/config'
import { serviceSettings } from 'plinth/server'

/** The configuration of a service as this process sees it, without the rules of production. */
export async function loadServiceSettings(
  service: string,
  env: Readonly<Record<string, string | undefined>>,
) {
  const loaded = await loadConfig({
    schema: serviceSettings,
    names: platformNames,
    cwd: service,
    env,
  })
  return loaded.ok ? loaded : { ...loaded, lines: loaded.faults.map(faultLine) }
}
