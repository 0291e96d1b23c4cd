import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Feature } from 'plinth/feature'
import type { WorldOptions } from 'plinth/testing'
import { misuse } from '../cli-error.ts'
import { importModule } from './import-module.ts'

/** What a service gives to `start()`, as far as it decides which routes there are and who may call them. */
export type Given = Pick<WorldOptions, 'features' | 'authenticate' | 'replace' | 'tenantSettings'>

/** What a service starts. */
export interface Started {
  readonly given: Given
  /** What could not be learnt, in a sentence each. */
  readonly notes: readonly string[]
}

/**
 * What `src/main.ts` gives to `start()`, the features that it makes itself included. Nothing
 * starts: `start()` hands its options over. Where main.ts cannot run here, because it wants a secret
 * of production for example, the registry must do.
 */
export async function serviceFeatures(service: string): Promise<Started> {
  const main = join(service, 'src', 'main.ts')
  if (!existsSync(main))
    throw misuse('There is no src/main.ts here; run this in the folder of a service.')
  const taken: { given?: Given } = {}
  Reflect.set(globalThis, Symbol.for('plinth.start'), (options: Given) => {
    taken.given ??= options
  })
  const fault = await importOf(main)
  if (taken.given !== undefined) return { given: taken.given, notes: [] }
  const why = fault ?? 'it never called start()'
  const note = `src/main.ts could not be read (${why}); what it adds to the registry is not looked at.`
  return { given: { features: await registryOf(service) }, notes: [note] }
}

async function importOf(file: string): Promise<string | undefined> {
  try {
    await import(pathToFileURL(file).href)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function registryOf(service: string): Promise<readonly Feature[]> {
  if (!existsSync(join(service, REGISTRY)))
    throw misuse('There is no src/generated/registry.ts yet; run `plinth sync`, which writes it.')
  const found: { registry?: readonly Feature[] } = await importModule(service, REGISTRY)
  return found.registry ?? []
}

const REGISTRY = 'src/generated/registry.ts'
