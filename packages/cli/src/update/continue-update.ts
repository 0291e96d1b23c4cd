import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { finish, install } from './apply-update.ts'
import { hasMarkers } from './merge/merge-lines.ts'
import type { UpdateReport } from './report.ts'
import type { Repository } from './repository.ts'
import { commitAll, type Steps, sharedSubject } from './steps.ts'
import { readState, standing, type UpdateState } from './update-state.ts'

/**
 * Goes on after a person has solved the conflicts, or has put right why packages could not be installed.
 * @throws CliError (exit code 2) when there is nothing to continue, or markers are left
 */
export async function continueUpdate(git: Repository): Promise<UpdateReport> {
  const state = await requireWaiting(git)
  await requireSolved(git, state)
  const { sha: head } = await standing(git)
  const steps: Steps = { git, commits: [], state: { ...state, head } }
  if (state.phase === 'conflicts')
    await commitAll(
      steps,
      sharedSubject(state.to),
      `Conflicts solved in ${state.conflicts.join(', ')}.`,
    )
  const left =
    state.installs === true ? await install(steps, `build: packages of Plinth ${state.to}`, '') : []
  const { code, next } = await finish(steps)
  const { from, to, branch } = state
  const nothing = { codemods: [], files: [], clashes: [], suggestions: [] }
  return { code, from, to, branch, commits: steps.commits, ...nothing, next: [...left, ...next] }
}

async function requireWaiting(git: Repository): Promise<UpdateState> {
  const state = await readState(git)
  if (state === undefined || state.phase === 'done')
    throw misuse('No update waits to be continued here; start one with `plinth update`.')
  if (state.phase === 'working')
    throw misuse(
      'The update was cut off before it came to an end; undo it with `plinth update --abort`, and start again.',
    )
  const { branch } = await standing(git)
  if (branch !== state.branch)
    throw misuse(`The update is on another branch; go there with \`git switch ${state.branch}\`.`)
  return state
}

async function requireSolved(git: Repository, state: UpdateState): Promise<void> {
  const left: string[] = []
  for (const path of state.conflicts) {
    const text = await readFile(join(git.folder, path), 'utf8').catch(() => '')
    if (hasMarkers(text)) left.push(path)
  }
  if (left.length > 0)
    throw misuse(
      `${left.join(', ')} still ${left.length === 1 ? 'holds' : 'hold'} conflict markers; choose, take the lines with <<<<<<<, ======= and >>>>>>> out, then continue again.`,
    )
}
