import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'

const ROOT = path.resolve(import.meta.dirname, '../..')
const PLINTH = path.join(ROOT, 'packages/cli/bin/plinth.js')

/** template/src/generated/routes.txt: every route of the template and who may call it. */
export async function censusDocument(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [PLINTH, 'routes'], {
    cwd: path.join(ROOT, 'template'),
  })
  return stdout
}
