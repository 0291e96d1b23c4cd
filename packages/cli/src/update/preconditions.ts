import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import type { Repository } from './repository.ts'
import { readState } from './update-state.ts'

/**
 * Refuses what an update could not be undone from. Each refusal is one sentence with the next command.
 * @throws CliError (exit code 2)
 */
export async function requireReady(git: Repository, branch: string): Promise<void> {
  const busy = await unfinished(git)
  if (busy !== undefined) throw misuse(busy)
  const { out } = await git.ask('status', '--porcelain')
  if (out !== '')
    throw misuse(
      'The working tree has changes that are in no commit, and an update must be able to go back to it exactly; commit them, or put them away with `git stash -u`.',
    )
  const author = await git.ask('var', 'GIT_AUTHOR_IDENT')
  if (!author.ok)
    throw misuse(
      'git does not know who makes commits here; tell it with `git config user.name …` and `git config user.email …`.',
    )
  if ((await git.ask('show-ref', '--verify', '--quiet', `refs/heads/${branch}`)).ok)
    throw misuse(
      `The branch ${branch} is there already; go on with it by \`git switch ${branch}\`, or remove it with \`git branch -D ${branch}\`.`,
    )
}

/** @throws CliError (exit code 2) when an earlier update waits for its end */
export async function requireNoneUnderWay(git: Repository): Promise<void> {
  const underWay = await readState(git)
  if (underWay === undefined || underWay.phase === 'done') return
  throw misuse(
    `An update to ${underWay.to} is under way on branch ${underWay.branch}; finish it with \`plinth update --continue\`, or undo it with \`plinth update --abort\`.`,
  )
}

/** @throws CliError (exit code 2) unless the folder is in a git repository that has a commit */
export async function requireRepository(git: Repository): Promise<void> {
  const inside = await git.ask('rev-parse', '--is-inside-work-tree')
  if (!inside.ok || inside.out !== 'true')
    throw misuse(
      inside.err.includes('not installed')
        ? 'plinth update works on a git branch, and git is not installed; install it from git-scm.com.'
        : `${git.folder} is not in a git repository, and an update works on a branch; make one with \`git init && git add -A && git commit -m "As it is"\`.`,
    )
  if (!(await git.ask('rev-parse', '--verify', '--quiet', 'HEAD')).ok)
    throw misuse(
      'This git repository has no commit yet, so there is nothing to come back to; make one with `git add -A && git commit -m "As it is"`.',
    )
  const tracked = await git.ask('ls-files', '--error-unmatch', '--', '.plinth/manifest.json')
  if (!tracked.ok && existsSync(join(git.folder, '.plinth', 'manifest.json')))
    throw misuse(
      '.plinth/manifest.json is not in git, so an update could not be undone; add it with `git add -f .plinth/manifest.json .plinth/base && git commit`.',
    )
}

const UNFINISHED = [
  { file: 'MERGE_HEAD', what: 'merge', undo: 'git merge --abort' },
  { file: 'rebase-merge', what: 'rebase', undo: 'git rebase --abort' },
  { file: 'rebase-apply', what: 'rebase', undo: 'git rebase --abort' },
  { file: 'CHERRY_PICK_HEAD', what: 'cherry-pick', undo: 'git cherry-pick --abort' },
  { file: 'REVERT_HEAD', what: 'revert', undo: 'git revert --abort' },
  { file: 'BISECT_LOG', what: 'bisect', undo: 'git bisect reset' },
] as const

async function unfinished(git: Repository): Promise<string | undefined> {
  const home = await git.run('rev-parse', '--absolute-git-dir')
  const found = UNFINISHED.find(({ file }) => existsSync(join(home, file)))
  if (found === undefined) return undefined
  return `A ${found.what} is in progress here; finish it, or undo it with \`${found.undo}\`.`
}
