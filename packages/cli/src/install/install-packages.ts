import { withProgress } from '../progress.ts'
import type { PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'
import { installFault } from './install-fault.ts'
import { runQuietly } from './run-quietly.ts'

/** How an installation ended. */
export type Installation =
  | { readonly code: 'installed' }
  /** `why` is the one line that says what was wrong, without a full stop. */
  | { readonly code: 'failed'; readonly why: string }

/** Installs what package.json names, and writes the lockfile as it is then. */
export async function installPackages(
  folder: string,
  manager: PackageManager,
): Promise<Installation> {
  const [program = manager, ...args] = SPELLINGS[manager].relock.split(' ')
  const work = runQuietly(program, args, folder)
  const { code, said } = await withProgress('Installing packages', work, { always: true })
  if (code === 0) return { code: 'installed' }
  const why = code === 'ENOENT' ? `${manager} was not found on this machine` : installFault(said)
  return { code: 'failed', why: why ?? `\`${program} ${args.join(' ')}\` ended with ${code}` }
}
