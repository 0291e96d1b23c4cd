import { misuse } from '../cli-error.ts'
import { isDirty, type Repository } from './repository.ts'
import { forgetState, readState, standing, type UpdateState } from './update-state.ts'
import { putAside } from './working-tree.ts'

/** What going back did. */
export interface Aborted extends UpdateState {
  /** Whether something was in no commit on the branch, and lies in the stash now. */
  readonly stashed: boolean
}

/**
 * Leads back to the branch and the commit before the update, and removes its branch. Work of a person is
 * never thrown away: what they committed on the branch since stops it, and what is in no commit goes into
 * git's stash.
 * @throws CliError (exit code 2) when there is nothing to go back from, or the branch holds such commits
 */
export async function abortUpdate(git: Repository): Promise<Aborted> {
  const state = await readState(git)
  if (state === undefined) throw misuse('No update is under way here, so there is nothing to undo.')
  await requireOnlyOurs(git, state)
  const { branch, before } = state
  const isThere = (await standing(git)).branch === branch
  const stashed = isThere && (await clear(git, state))
  if (isThere) {
    const place = before.branch === undefined ? ['--detach', before.sha] : [before.branch]
    await git.run('switch', '--quiet', ...place)
  }
  if ((await git.ask('show-ref', '--verify', '--quiet', `refs/heads/${branch}`)).ok)
    await git.run('branch', '--quiet', '-D', branch)
  await forgetState(git)
  return { ...state, stashed }
}

/** What lies in the stash after going back, as a sentence. */
export function stashSentence({ branch }: UpdateState): string {
  return `What was in no commit on ${branch} lies in git's stash: look at it with \`git stash show --patch --include-untracked\`; if nothing of it is yours: git stash drop.`
}

/**
 * Leaves the working tree as the last commit has it. A step that was cut off wrote some of what is there, and
 * somebody may have written the rest since: nothing tells them apart, so all of it is kept.
 * @returns whether anything had to be kept
 */
async function clear(git: Repository, { phase, tree, branch }: UpdateState): Promise<boolean> {
  if (!(await isDirty(git))) return false
  await git.run('add', '--all', '--', ':/')
  if (phase === 'conflicts' && (await git.run('write-tree')) === tree) {
    await git.run('reset', '--quiet', '--hard')
    return false
  }
  await putAside(git, `plinth update --abort: what was in no commit on ${branch}`)
  return true
}

async function requireOnlyOurs(git: Repository, state: UpdateState): Promise<void> {
  const tip = await git.ask('rev-parse', '--verify', '--quiet', `refs/heads/${state.branch}`)
  if (tip.ok && tip.out !== state.head && !(await isLastOfOurs(git, state)))
    throw misuse(
      `The branch ${state.branch} has commits that the update did not make; when they may go: git switch ${state.before.branch ?? state.before.sha} && git branch -D ${state.branch}.`,
    )
  if (state.phase === 'working' || state.phase === 'conflicts') return
  if (await isDirty(git))
    throw misuse(
      'The working tree has changes that are in no commit; commit them, or put them away with `git stash -u`, before you go back.',
    )
}

/** Whether the branch holds, on top of what is noted, just the commit that the update was about to note. */
async function isLastOfOurs(git: Repository, state: UpdateState): Promise<boolean> {
  const { branch, head, committing } = state
  const found = await git.ask('log', '--max-count=1', '--format=%P %T', `refs/heads/${branch}`)
  return committing !== undefined && found.out === `${head} ${committing}`
}
