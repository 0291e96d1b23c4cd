import { ownershipOf } from '../template/ownership.ts'
import type { Repository } from './repository.ts'

/**
 * What package managers write beside package.json: their lockfiles, what they remember, and what they note
 * of a failure. In a monorepo it stands above the service.
 */
const MANAGERS =
  /(^|\/)((package-lock|npm-shrinkwrap)\.json|pnpm-(lock|workspace)\.yaml|yarn\.lock|bun\.lockb?|\.pnp\.[\w.]+|\.?(npm|pnpm|yarn|bun)[\w.-]*\.log(\.\d+)?)$|(^|\/)\.yarn\//

/**
 * Stages what the steps of an update write. What somebody edits in files of their own meanwhile stays as it
 * is: it is no part of the update, and would go with its branch.
 */
export async function stageOurs(git: Repository): Promise<void> {
  const { others } = await changesIn(git)
  await git.run(
    'add',
    '--all',
    '--',
    ':/',
    ...others.map((path) => `:(top,exclude,literal)${path}`),
  )
}

/** Takes back what a failed step left half-written, and nothing of anybody else's. */
export async function dropOurs(git: Repository): Promise<void> {
  const { ours } = await changesIn(git)
  if (ours.length === 0) return
  const paths = ours.map((path) => `:(top,literal)${path}`)
  // A stash that nobody keeps takes new files, changed ones and the index back in one go. Where git found
  // nothing to keep after all, the newest one is somebody's.
  const before = await newestStash(git)
  await git.run('stash', 'push', '--quiet', '--include-untracked', '--', ...paths)
  if ((await newestStash(git)) !== before) await git.run('stash', 'drop', '--quiet')
}

async function newestStash(git: Repository): Promise<string> {
  return (await git.ask('rev-parse', '--verify', '--quiet', 'refs/stash')).out
}

/** Puts all that is in no commit where git keeps it for its owner. */
export async function putAside(git: Repository, why: string): Promise<void> {
  await git.run('stash', 'push', '--quiet', '--include-untracked', '--message', why)
}

interface Changes {
  /** Paths from the root of the repository that an update or a package manager writes. */
  readonly ours: readonly string[]
  readonly others: readonly string[]
}

async function changesIn(git: Repository): Promise<Changes> {
  const service = await git.run('rev-parse', '--show-prefix')
  const options = ['--porcelain', '-z', '--no-renames', '--untracked-files=normal']
  const found = await git.run('status', ...options, '--ignore-submodules=none')
  const paths = found.split('\0').flatMap((entry) => (entry === '' ? [] : [entry.slice(3)]))
  const isOurs = (path: string) =>
    MANAGERS.test(path) ||
    (path.startsWith(service) && ownershipOf(path.slice(service.length)) !== 'yours')
  return { ours: paths.filter(isOurs), others: paths.filter((path) => !isOurs(path)) }
}
