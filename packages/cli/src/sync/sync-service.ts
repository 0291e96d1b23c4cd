import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ApiChange } from '../openapi/api-change.ts'
import type { OnBreaking } from '../openapi/breaking-changes.ts'
import { changesOfApi, mayReplace, OPENAPI_FILE } from '../openapi/breaking-changes.ts'
import { describeService } from '../read-routes.ts'
import { findFeatures } from './find-features.ts'
import { registryText } from './registry-text.ts'

/** What `syncService` did, or would do. Paths are relative to the service. */
export interface SyncResult {
  /** Files that were written; none when it only checks. */
  readonly written: readonly string[]
  /** Files that were not what the code says. */
  readonly stale: readonly string[]
  /** The OpenAPI document, where callers would break and it was left as it is for that. */
  readonly kept: readonly string[]
  /** What the API changes against the openapi.json that was there. */
  readonly api: readonly ApiChange[]
}

/** How to bring a service up to date. */
export interface SyncOptions {
  readonly check?: boolean
  readonly onBreaking?: OnBreaking
}

/**
 * Brings `src/generated/` up to date with the code of a service: the registry of its features, the
 * census of its routes, and its OpenAPI document unless `http.docs` is off.
 * @param service its root folder
 * @param check only compares and writes nothing
 * @param onBreaking what to do with an OpenAPI document that would break its callers
 * @throws CliError naming the module that cannot be imported, or the breaking changes that it refuses
 */
export async function syncService(
  service: string,
  { check = false, onBreaking = 'refuse' }: SyncOptions = {},
): Promise<SyncResult> {
  const found = await findFeatures(service)
  const features = found.map(({ feature }) => feature)
  const { census, openApi } = await describeService(service, features)
  const wanted: readonly (readonly [file: string, text: string | undefined])[] = [
    ['src/generated/registry.ts', registryText(found)],
    ['src/generated/routes.txt', census],
    [OPENAPI_FILE, openApi],
  ]
  const api = openApi === undefined ? [] : changesOfApi(service, openApi)
  const stale: string[] = []
  const kept: string[] = []
  for (const [file, text] of wanted) {
    const target = join(service, file)
    if (text === undefined || text === (await textOf(target))) continue
    // The last of them: the other two are written whatever it breaks.
    if (!check && file === OPENAPI_FILE && !mayReplace(api, onBreaking)) {
      kept.push(file)
      continue
    }
    stale.push(file)
    if (!check) await write(target, text)
  }
  return { written: check ? [] : stale, stale, kept, api }
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, text)
}
