import { spawnSync } from 'node:child_process'
import { shellEnvironment } from '../shell-environment.ts'

/** How one call of git ended. */
export interface GitOutcome {
  /** Exit code; undefined when there is no git on this machine. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** Runs git in a folder, unaware of a repository that a hook around us may be working on. */
export function git(folder: string, ...args: readonly string[]): GitOutcome {
  const env = Object.fromEntries(
    Object.entries(shellEnvironment()).filter(
      ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name),
    ),
  )
  const { status, stdout, stderr } = spawnSync('git', args, { cwd: folder, env, encoding: 'utf8' })
  return { code: status ?? undefined, stdout: stdout ?? '', stderr: stderr ?? '' }
}

/** Root of the git repository that a new folder would belong to; undefined when it would belong to none. */
export function repositoryAround(standsOn: string, folder: string): string | undefined {
  const { code, stdout } = git(standsOn, 'rev-parse', '--show-toplevel')
  if (code !== 0) return undefined
  const ignored = folder !== standsOn && git(standsOn, 'check-ignore', '--quiet', folder).code === 0
  return ignored ? undefined : stdout.trim()
}
