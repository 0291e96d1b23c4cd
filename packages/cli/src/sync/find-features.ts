import { realpathSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Feature } from 'plinth/feature'
import { isFeature } from 'plinth/feature'
import { CliError } from '../cli-error.ts'
import { featureModules } from './feature-modules.ts'

/** A feature, and where it is exported. */
export interface FoundFeature {
  /** Relative to the service, with forward slashes: `src/pages/home.ts`. */
  readonly file: string
  /** The name of the export. */
  readonly name: string
  readonly feature: Feature
}

/**
 * Imports every module that may export a feature and takes the features: by file, then by name. One
 * that several modules export counts once.
 * @throws CliError naming the module that cannot be imported, or does something when it is
 */
export async function findFeatures(service: string): Promise<readonly FoundFeature[]> {
  const root = realpathSync(service)
  const found: FoundFeature[] = []
  const seen = new Set<Feature>()
  for (const file of await featureModules(root)) {
    const exported = await importQuietly(root, file)
    for (const [name, value] of Object.entries(exported)) {
      if (!isFeature(value) || seen.has(value)) continue
      seen.add(value)
      found.push({ file, name, feature: value })
    }
  }
  return found
}

async function importQuietly(service: string, file: string): Promise<object> {
  const before = keptOpen()
  const exported: object = await import(pathToFileURL(join(service, file)).href).catch((cause) => {
    throw new CliError(`${file} cannot be imported: ${reason(cause)} ${RULE}`, 1, cause)
  })
  if (keptOpen() <= before) return exported
  throw new CliError(`${file} starts something when it is imported. ${RULE}`)
}

const RULE =
  'Modules of a service must import without side effects: do the work in a function, or in src/main.ts.'

/** How much keeps this process from ending, beside what loading modules itself needs. */
function keptOpen(): number {
  return process.getActiveResourcesInfo().filter((type) => STARTED.test(type)).length
}

const STARTED = /^(Timeout|TCP|Pipe|UDP|Process|FSEvent|StatWatcher|Worker)/

function reason(cause: unknown): string {
  const [line = ''] = (cause instanceof Error ? cause.message : String(cause)).trim().split('\n')
  return /[.!?]$/.test(line) ? line : `${line}.`
}
