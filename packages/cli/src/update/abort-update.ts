import { misuse } from '../cli-error.ts'
import { isDirty, type Repository } from './repository.ts'
import { forgetState, readState, standing, type UpdateState } from './update-state.ts'

/**
 * Leads back to the branch and the commit before the update, and removes its branch. Work that a
 * person has committed on the branch since is never thrown away.
 * @throws CliError (exit code 2) when there is nothing to go back from, or the branch holds such work
 */
export async function abortUpdate(git: Repository): Promise<UpdateState> {
  const state = await readState(git)
  if (state === undefined) throw misuse('No update is under way here, so there is nothing to undo.')
  await requireOnlyOurs(git, state)
  const { branch, before } = state
  const now = await standing(git)
  if (now.branch === branch) {
    // What a step wrote and did not commit goes too. In a conflict everything of ours is staged, and
    // what else is there is a person's.
    if (state.phase === 'working') await git.run('add', '--all', '--', ':/')
    await git.run('reset', '--quiet', '--hard')
    const place = before.branch === undefined ? ['--detach', before.sha] : [before.branch]
    await git.run('switch', '--quiet', ...place)
  }
  if ((await git.ask('show-ref', '--verify', '--quiet', `refs/heads/${branch}`)).ok)
    await git.run('branch', '--quiet', '-D', branch)
  await forgetState(git)
  return state
}

async function requireOnlyOurs(git: Repository, state: UpdateState): Promise<void> {
  const tip = await git.ask('rev-parse', '--verify', '--quiet', `refs/heads/${state.branch}`)
  if (tip.ok && tip.out !== state.head)
    throw misuse(
      `The branch ${state.branch} has commits that the update did not make; when they may go: git switch ${state.before.branch ?? state.before.sha} && git branch -D ${state.branch}.`,
    )
  if (state.phase === 'working' || state.phase === 'conflicts') return
  if (await isDirty(git))
    throw misuse(
      'The working tree has changes that are in no commit; commit them, or put them away with `git stash -u`, before you go back.',
    )
}
