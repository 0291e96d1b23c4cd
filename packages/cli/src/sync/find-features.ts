import { realpathSync } from 'node:fs'
import type { Feature } from 'plinth/feature'
import { isFeature } from 'plinth/feature'
import { CliError } from '../cli-error.ts'
import { IMPORT_RULE, importModule } from '../service-process/import-module.ts'
import { featureModules } from './feature-modules.ts'

/** A feature, and where it is exported. */
export interface FoundFeature {
  /** Relative to the service, with forward slashes: `src/pages/home.ts`. */
  readonly file: string
  /** The name of the export. */
  readonly name: string
  readonly feature: Feature
}

/** A module of a service, imported. */
export interface LoadedModule {
  /** Relative to the service, with forward slashes. */
  readonly file: string
  readonly exported: object
}

/**
 * Imports every module that may export a feature, one after the other, sorted.
 * @throws CliError naming the module that cannot be imported, or does something when it is
 */
export async function loadModules(service: string): Promise<readonly LoadedModule[]> {
  const root = realpathSync(service)
  const loaded: LoadedModule[] = []
  for (const file of await featureModules(root)) {
    loaded.push({ file, exported: await importQuietly(root, file) })
  }
  return loaded
}

/** The features that modules export: by file, then by name. One that several export counts once. */
export function featuresIn(modules: readonly LoadedModule[]): readonly FoundFeature[] {
  const seen = new Set<Feature>()
  return modules.flatMap(({ file, exported }) =>
    Object.entries(exported).flatMap(([name, value]) => {
      if (!isFeature(value) || seen.has(value)) return []
      seen.add(value)
      return [{ file, name, feature: value }]
    }),
  )
}

/** Every feature of a service. @throws CliError as {@link loadModules} */
export async function findFeatures(service: string): Promise<readonly FoundFeature[]> {
  return featuresIn(await loadModules(service))
}

async function importQuietly(service: string, file: string): Promise<object> {
  const before = keptOpen()
  const exported = await importModule(service, file)
  if (keptOpen() <= before) return exported
  throw new CliError(`${file} starts something when it is imported. ${IMPORT_RULE}`)
}

/** How much keeps this process from ending, beside what loading modules itself needs. */
function keptOpen(): number {
  return process.getActiveResourcesInfo().filter((type) => STARTED.test(type)).length
}

const STARTED = /^(Timeout|TCP|Pipe|UDP|Process|FSEvent|StatWatcher|Worker)/
