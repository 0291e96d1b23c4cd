import { execFile } from 'node:child_process'
import { CliError } from '../cli-error.ts'

/** What git says, and whether it was content. */
export interface GitAnswer {
  readonly ok: boolean
  readonly out: string
  readonly err: string
}

/** Git in the folder of one service. */
export interface Repository {
  readonly folder: string
  /** Runs git; a refusal is an answer. */
  ask(...args: readonly string[]): Promise<GitAnswer>
  /** Runs git. @throws CliError with what git said when it refuses */
  run(...args: readonly string[]): Promise<string>
}

const MOST_BYTES = 2 ** 26

/** Git for a folder; nothing is run yet. */
export function repositoryAt(folder: string): Repository {
  const ask = (...args: readonly string[]) => git(folder, args)
  return {
    folder,
    ask,
    async run(...args) {
      const { ok, out, err } = await ask(...args)
      if (!ok) throw new CliError(`git ${args[0]} refused: ${(err || out).split('\n')[0]}`)
      return out
    },
  }
}

/** Whether the working tree holds anything that is in no commit, whatever the person lets `git status` show. */
export async function isDirty(git: Repository): Promise<boolean> {
  const options = ['--untracked-files=normal', '--ignore-submodules=none']
  return (await git.run('status', '--porcelain', ...options)) !== ''
}

// The owner's hooks judge what they merge and check out themselves: one that fails would stop half-way, both on
// the way on and on the way back.
const SETTINGS = ['-c', 'core.quotePath=off', '-c', 'core.hooksPath=/dev/null']

function git(folder: string, args: readonly string[]): Promise<GitAnswer> {
  const options = { cwd: folder, maxBuffer: MOST_BYTES, env: plainEnvironment() }
  return new Promise((resolve) => {
    execFile('git', [...SETTINGS, ...args], options, (error, out, err) =>
      resolve({ ok: error === null, out: out.trimEnd(), err: missing(error) ?? err.trim() }),
    )
  })
}

function missing(error: Error | null): string | undefined {
  const isMissing = error !== null && 'code' in error && error.code === 'ENOENT'
  return isMissing ? 'git is not installed' : undefined
}

/** A hook or an alias that runs us sets these, and they would point at another repository. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { GIT_DIR: _d, GIT_WORK_TREE: _w, GIT_INDEX_FILE: _i, ...env } = process.env
  return { ...env, LC_ALL: 'C' }
}
