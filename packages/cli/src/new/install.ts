import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { installPackages } from '../install/install-packages.ts'
import { runQuietly } from '../install/run-quietly.ts'
import { withProgress } from '../progress.ts'
import type { PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'

/** What became of the service's packages. */
export type Installed =
  | { readonly code: 'installed' }
  | { readonly code: 'left_to_you' }
  | { readonly code: 'failed'; readonly note: string }

/** Installs the packages of a service, as a person in that folder would. */
export async function install(folder: string, packageManager: PackageManager): Promise<Installed> {
  const done = await installPackages(folder, packageManager)
  if (done.code === 'installed') return done
  const again = SPELLINGS[packageManager].install
  return {
    code: 'failed',
    note: `The service is there, but its packages are not: ${done.why}. Put that right, then run \`${again}\` in ${folder}.`,
  }
}

/**
 * Writes `src/generated/` from the code, with the service's own command line.
 * @returns whether it is up to date now; not when no Node here is new enough for the service
 */
export async function sync(folder: string, packageManager: PackageManager): Promise<boolean> {
  const [program = 'npx', ...args] = syncCommand(folder, packageManager)
  const work = runQuietly(program, args, folder)
  return (await withProgress('Reading the routes', work)).code === 0
}

/** Under the Node of this process where that can be: it may be new enough where the machine's is not. */
function syncCommand(folder: string, packageManager: PackageManager): readonly string[] {
  const program = join(folder, 'node_modules/@plinth/cli/bin/plinth.js')
  const { exec } = SPELLINGS[packageManager]
  const start = existsSync(program) ? [process.execPath, program] : [...exec.split(' '), 'plinth']
  return [...start, 'sync']
}
