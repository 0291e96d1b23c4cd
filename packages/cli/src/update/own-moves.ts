import { repositoryAt } from './repository.ts'

/** How much of the template's text a file must still hold to be the same one in another place. */
const ALIKE = '-M60%'

/**
 * Where the owner moved shared files to: new place by the one that the template has them in. Git compares
 * what the template brought with what is committed now, so that no history is needed; outside a repository
 * nothing is known to have moved.
 */
export async function ownMoves(folder: string): Promise<ReadonlyMap<string, string>> {
  const git = repositoryAt(folder)
  // Trees know nothing of the folder they stand in: hence patterns from the top.
  const paths = ['--', ':(top)', ':(top,exclude).plinth']
  const options = ['--name-status', '-z', ALIKE, '--diff-filter=R']
  const { ok, out } = await git.ask('diff', ...options, 'HEAD:./.plinth/base', 'HEAD:./', ...paths)
  const found = new Map<string, string>()
  const words = ok ? out.split('\0') : []
  for (let at = 0; at + 2 < words.length; at += 3) {
    const [from, to] = [words[at + 1], words[at + 2]]
    if (from !== undefined && to !== undefined) found.set(from, to)
  }
  return found
}
