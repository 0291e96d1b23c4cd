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
 * @returns whether it is up to date now; not when this machine's Node is too old for the service
 */
export async function sync(folder: string, packageManager: PackageManager): Promise<boolean> {
  const [program = 'npx', ...args] = SPELLINGS[packageManager].exec.split(' ')
  const work = runQuietly(program, [...args, 'plinth', 'sync'], folder)
  return (await withProgress('Reading the routes', work)).code === 0
}
