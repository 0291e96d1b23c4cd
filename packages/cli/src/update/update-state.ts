import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import type { PackageManager } from '../template/answers.ts'
import type { Repository } from './repository.ts'

/** Where a repository stood. */
export interface Standing {
  /** Undefined when no branch was checked out. */
  readonly branch?: string
  readonly sha: string
}

/** An update under way, kept inside `.git` and so in no commit. */
export interface UpdateState {
  readonly from: string
  readonly to: string
  /** Where the owner was; `--abort` leads back there. */
  readonly before: Standing
  /** The branch of the update. */
  readonly branch: string
  /** The last commit that the update made itself. */
  readonly head: string
  /**
   * `conflicts` and `unfinished` (packages that could not be installed) wait for a person; `done`: nothing is
   * left but to merge the branch.
   */
  readonly phase: 'working' | 'conflicts' | 'unfinished' | 'done'
  /** Shared files with markers in them. */
  readonly conflicts: readonly string[]
  /** What the update left for a person to solve, as a tree of git; only while conflicts wait. */
  readonly tree?: string
  /** What is being committed, as a tree of git; only while that goes on. */
  readonly committing?: string
  /** What the service is installed with. */
  readonly manager: PackageManager
  /** Whether the packages are still to be installed, because that failed. */
  readonly installs?: boolean
}

/**
 * The update under way in a repository; undefined when there is none.
 * @throws CliError (exit code 2) when what was noted of it cannot be read
 */
export async function readState(git: Repository): Promise<UpdateState | undefined> {
  const file = await fileOf(git)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw misuse(
      `${file}, the note of an update that was cut off, is damaged; look at \`git status\`, go to your branch with \`git switch\`, then remove that file and the branch of the update.`,
    )
  }
}

/** Notes where an update stands, whole or not at all. */
export async function writeState(git: Repository, state: UpdateState): Promise<void> {
  const file = await fileOf(git)
  await writeFile(`${file}.new`, `${JSON.stringify(state, null, 2)}\n`)
  await rename(`${file}.new`, file)
}

/** Forgets the update. */
export async function forgetState(git: Repository): Promise<void> {
  await rm(await fileOf(git), { force: true })
}

/** Where the repository stands now. */
export async function standing(git: Repository): Promise<Standing> {
  const sha = await git.run('rev-parse', 'HEAD')
  const { ok, out } = await git.ask('symbolic-ref', '--short', '--quiet', 'HEAD')
  return ok ? { branch: out, sha } : { sha }
}

async function fileOf(git: Repository): Promise<string> {
  return join(await git.run('rev-parse', '--absolute-git-dir'), 'plinth-update.json')
}
