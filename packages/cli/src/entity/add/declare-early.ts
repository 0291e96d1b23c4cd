import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnyEntity } from 'plinth/data'
import { misuse } from '../../cli-error.ts'
import { isEntity } from '../find-entities.ts'
import { placeInService } from '../safe-place.ts'

/**
 * The entity that a module text declares, before the module has its place: so nothing is written
 * where the declaration is refused.
 * @throws CliError (exit code 2) with what `entity()` says against it
 */
export async function declareEarly(service: string, text: string): Promise<AnyEntity> {
  const parent = dirname(placeInService(service, '.plinth/dev/entity/early.ts'))
  await mkdir(parent, { recursive: true })
  const folder = await mkdtemp(join(parent, 'early-'))
  try {
    const file = join(folder, 'early.ts')
    await writeFile(file, text)
    const exported: object = await import(pathToFileURL(file).href)
    const found = Object.values(exported).find(isEntity)
    if (found === undefined) throw new TypeError('the written module declares no entity')
    return found
  } catch (cause) {
    throw misuse(`This cannot be declared: ${cause instanceof Error ? cause.message : cause}.`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
