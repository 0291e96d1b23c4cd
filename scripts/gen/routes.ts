import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { findFeatures } from '../../packages/cli/src/sync/find-features.ts'
import { registryText } from '../../packages/cli/src/sync/registry-text.ts'

const ROOT = path.resolve(import.meta.dirname, '../..')
const PLINTH = path.join(ROOT, 'packages/cli/bin/plinth.js')

/** template/src/generated/registry.ts: every feature of the template. */
export async function registryDocument(): Promise<string> {
  return registryText(await findFeatures(path.join(ROOT, 'template')))
}

/** template/src/generated/routes.txt: every route of the template and who may call it. */
export function censusDocument(): Promise<string> {
  return printed('routes')
}

/** template/src/generated/openapi.json: what the template's API accepts and answers. */
export function openApiDocument(): Promise<string> {
  return printed('openapi')
}

async function printed(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PLINTH, command], {
    cwd: path.join(ROOT, 'template'),
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout
}
