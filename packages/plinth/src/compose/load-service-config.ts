import type { GivenValues, Loaded, Rule } from '../config/index.ts'
import { faultLine, loadConfig, platformNames, serviceRules } from '../config/index.ts'
import type { ServiceConfig } from './settings.ts'
import { serviceSettings } from './settings.ts'

/** Where the configuration of a service is read from. */
export interface ConfigPlace {
  /** Folder of config.yaml and .env; the current one by default. */
  readonly cwd?: string
  /** Variables of the process. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Values by dotted key that win over everything. */
  readonly values?: GivenValues
  readonly file?: string | null
  readonly rules?: readonly Rule[]
}

/** A configuration that was accepted, with the source of every key. */
export type LoadedConfig = Extract<Loaded<ServiceConfig>, { readonly ok: true }>

/** The configuration was refused: one line for each fault, made for a person at a terminal. */
export class ConfigRefused extends Error {
  override readonly name = 'ConfigRefused'
  readonly lines: readonly string[]

  constructor(lines: readonly string[]) {
    super(lines.join('\n'))
    this.lines = lines
  }
}

/**
 * Reads, checks and freezes the configuration of a service.
 * @throws ConfigRefused with every fault, not only the first
 */
export async function loadServiceConfig(place: ConfigPlace = {}): Promise<LoadedConfig> {
  const { cwd = process.cwd(), env = process.env, rules = serviceRules, ...rest } = place
  const loaded = await loadConfig({
    schema: serviceSettings,
    names: platformNames,
    cwd,
    env,
    rules,
    ...rest,
  })
  if (loaded.ok) return loaded
  throw new ConfigRefused(loaded.faults.map(faultLine))
}
