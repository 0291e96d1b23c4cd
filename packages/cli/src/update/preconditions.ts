import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { misuse } from '../cli-error.ts'
import { isDirty, type Repository } from './repository.ts'
import { readState } from './update-state.ts'

/**
 * Refuses what an update could not be undone from. Each refusal is one sentence with the next command.
 * @throws CliError (exit code 2)
 */
export async function requireReady(git: Repository, branch: string): Promise<void> {
  const busy = await unfinished(git)
  if (busy !== undefined) throw misuse(busy)
  if (await isDirty(git))
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
  if (underWay.phase === 'working')
    throw misuse(
      `An update to ${underWay.to} is running, or was cut off; unless it runs elsewhere, undo it with \`plinth update --abort\`.`,
    )
  throw misuse(
    `An update to ${underWay.to} is under way on branch ${underWay.branch}; finish it with \`plinth update --continue\`, or undo it with \`plinth update --abort\`.`,
  )
}

/** @throws CliError (exit code 2) unless the folder is in a git repository that has a commit */
export async function requireRepository(git: Repository): Promise<void> {
  const inside = await git.ask('rev-parse', '--is-inside-work-tree')
  if (!inside.ok || inside.out !== 'true') throw misuse(whyOutside(git.folder, inside.err))
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

function whyOutside(folder: string, err: string): string {
  if (err.includes('not installed'))
    return 'plinth update works on a git branch, and git is not installed; install it from git-scm.com.'
  if (err.includes('dubious ownership'))
    return `git does not trust ${folder}, which belongs to another user of this machine; when you do: \`git config --global --add safe.directory ${folder}\`.`
  return `${folder} is not in a git repository, and an update works on a branch; make one with \`git init && git add -A && git commit -m "As it is"\`.`
}

/**
 * Refuses files that an update writes and git does not keep as they are: going back would not bring them back.
 * @param paths that an update would write or remove, from the root of the service
 * @throws CliError (exit code 2)
 */
export async function requireKept(git: Repository, paths: readonly string[]): Promise<void> {
  const there = paths.filter((path) => existsSync(join(git.folder, path)))
  if (there.length === 0) return
  const out = await git.run('ls-files', '-v', '-z', '--', ...there)
  const tags = new Map(out.split('\0').map((entry) => [entry.slice(2), entry.slice(0, 1)]))
  const unknown = there.filter((path) => !tags.has(path))
  if (unknown.length > 0)
    throw misuse(
      `git leaves out ${unknown.join(', ')}, which an update would change and could not bring back; take ${unknown.length === 1 ? 'it' : 'them'} in with \`git add -f ${unknown.join(' ')} && git commit\`, or move ${unknown.length === 1 ? 'it' : 'them'} away.`,
    )
  const unwatched = there.filter((path) => tags.get(path) !== 'H')
  if (unwatched.length > 0)
    throw misuse(
      `git was told not to look at ${unwatched.join(', ')}, which an update would change and could not bring back; let it look again with \`git update-index --no-skip-worktree --no-assume-unchanged ${unwatched.join(' ')}\`.`,
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
