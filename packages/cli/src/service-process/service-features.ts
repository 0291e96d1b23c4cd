import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Feature } from 'plinth/feature'
import { misuse } from '../cli-error.ts'

/** What a service starts. */
export interface Started {
  readonly features: readonly Feature[]
  /** What could not be learnt, in a sentence each. */
  readonly notes: readonly string[]
}

/**
 * The features that `src/main.ts` gives to `start()`, those that it makes itself included. Nothing
 * starts: `start()` hands its options over. Where main.ts cannot run here, because it wants a secret
 * of production for example, the registry must do.
 */
export async function serviceFeatures(service: string): Promise<Started> {
  const main = join(service, 'src', 'main.ts')
  if (!existsSync(main))
    throw misuse('There is no src/main.ts here; run this in the folder of a service.')
  const taken: { features?: readonly Feature[] } = {}
  Reflect.set(globalThis, Symbol.for('plinth.start'), (options: Started) => {
    taken.features ??= options.features
  })
  const fault = await importOf(main)
  if (taken.features !== undefined) return { features: taken.features, notes: [] }
  const why = fault ?? 'it never called start()'
  const note = `src/main.ts could not be read (${why}); what it adds to the registry is not looked at.`
  return { features: await registryOf(service), notes: [note] }
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
  const file = join(service, 'src', 'generated', 'registry.ts')
  if (!existsSync(file))
    throw misuse('There is no src/generated/registry.ts yet; run `plinth sync`, which writes it.')
  const found: { registry?: readonly Feature[] } = await import(pathToFileURL(file).href)
  return found.registry ?? []
}
