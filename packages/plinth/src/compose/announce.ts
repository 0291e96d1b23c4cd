import type { RunningFacts } from '../config/index.ts'
import { noticeLine, unsafeChoices } from '../config/index.ts'
import type { Log, Metrics } from '../telemetry/index.ts'
import type { LoadedConfig } from './load-service-config.ts'

/** Says at every start which protection is weakened by which setting, and which setting nothing reads. */
export function announce(
  loaded: LoadedConfig,
  facts: RunningFacts,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
): void {
  for (const notice of loaded.notices) log.warn({}, noticeLine(notice))
  for (const { setting, consequence } of unsafeChoices(loaded.config, loaded.sources, facts)) {
    metrics.unsafeChoice(setting)
    log.warn({ setting, consequence }, 'unsafe choice')
  }
}
