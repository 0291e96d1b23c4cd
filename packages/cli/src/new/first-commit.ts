import { git } from './git.ts'

/** What became of the service's history. `note` says what the person may want to do about it. */
export type FirstCommit =
  | { readonly code: 'committed' }
  | { readonly code: 'left_to_you' | 'no_identity' | 'no_git' | 'failed'; readonly note: string }

const SUBJECT = 'feat: a service made with plinth new'

/** Makes a repository with everything in one commit, in the name that git knows the person by. */
export function firstCommit(folder: string): FirstCommit {
  const made = git(folder, '-c', 'init.defaultBranch=main', 'init', '--quiet')
  if (made.code === undefined)
    return { code: 'no_git', note: 'There is no git on this machine, so there is no repository.' }
  if (made.code !== 0) return failed(made.stderr)
  const added = git(folder, 'add', '--all')
  if (added.code !== 0) return failed(added.stderr)
  // Without this git invents an address from the name of the machine.
  const known = ['-c', 'user.useConfigOnly=true']
  if (git(folder, ...known, 'var', 'GIT_COMMITTER_IDENT').code !== 0)
    return {
      code: 'no_identity',
      note: `Nothing is committed, for git does not know who you are: run \`git config --global user.name "…"\` and \`git config --global user.email "…"\`, then \`git commit -m "${SUBJECT}"\`.`,
    }
  const committed = git(folder, ...known, 'commit', '--quiet', '--message', SUBJECT)
  return committed.code === 0 ? { code: 'committed' } : failed(committed.stderr)
}

function failed(stderr: string): FirstCommit {
  const [reason = 'it said nothing'] = stderr.trim().split('\n')
  return { code: 'failed', note: `git did not make the first commit (${reason}); make it by hand.` }
}
