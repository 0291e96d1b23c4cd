import { CliError } from '../cli-error.ts'
import { writeManifest } from '../template/manifest.ts'
import type { UpdatePlan } from './plan-update.ts'
import type { Repository } from './repository.ts'
import { standing, type UpdateState, writeState } from './update-state.ts'
import { stageOurs } from './working-tree.ts'
import { isWritten, writeDecision, writeShared } from './write-decision.ts'

/** Where an update works, and how far it came. */
export interface Steps {
  readonly git: Repository
  /** Subjects of the commits so far. */
  readonly commits: string[]
  /** As it is noted on disk: its head is the last commit. */
  state: UpdateState
}

/** Commits all that an update changed, nothing when nothing did; edits that a person makes meanwhile stay theirs. */
export async function commitAll(steps: Steps, subject: string, body = ''): Promise<void> {
  await requireOnBranch(steps)
  await stageOurs(steps.git)
  await commit(steps, subject, body)
}

/** Commits what is staged; nothing when nothing is. */
export async function commitStaged(steps: Steps, subject: string, body: string): Promise<void> {
  await requireOnBranch(steps)
  await commit(steps, subject, body)
}

async function commit(steps: Steps, subject: string, body: string): Promise<void> {
  const { git, commits } = steps
  if ((await git.ask('diff', '--cached', '--quiet')).ok) return
  const message = body === '' ? ['-m', subject] : ['-m', subject, '-m', body]
  // Whoever is cut off between the commit and the note of it can still tell that it was made here.
  await writeState(git, { ...steps.state, committing: await git.run('write-tree') })
  // The owner's hooks judge the branch when it is merged; half an update may not please them.
  await git.run('commit', '--quiet', '--no-verify', ...message)
  commits.push(subject)
  const { sha } = await standing(git)
  steps.state = { ...steps.state, head: sha }
  await writeState(git, steps.state)
}

/** Somebody at another terminal may have gone elsewhere while packages were installed. */
async function requireOnBranch({ git, state }: Steps): Promise<void> {
  const { branch } = await standing(git)
  if (branch !== state.branch)
    throw new CliError(
      `The update works on ${state.branch}, and somebody left that branch meanwhile.`,
    )
}

/** package.json alone: the packages follow from it. */
export async function writePackages({ git }: Steps, { manifest }: UpdatePlan): Promise<void> {
  if (manifest !== undefined) await writeDecision(git.folder, manifest)
}

/** Each renamed key, variable or the like is a commit of its own. */
export async function runCodemods(steps: Steps, { codemods }: UpdatePlan): Promise<void> {
  for (const { name, texts } of codemods) {
    // package.json has been merged by now, with every codemod in it.
    for (const [path, text] of texts)
      if (path !== 'package.json') await writeShared(steps.git.folder, path, text)
    await commitAll(steps, `refactor: ${name}`)
  }
}

/** The shared files, and the template's texts of them for the next update; staged, in no commit yet. */
export async function writeSharedFiles({ git }: Steps, plan: UpdatePlan): Promise<void> {
  for (const decision of plan.shared) await writeDecision(git.folder, decision)
  const { version, answers, files } = plan.release
  await writeManifest(git.folder, { plinth: version, answers, files })
  // Whatever the owner's .gitignore names: what is in no commit could not be taken back.
  const written = plan.shared.filter(isWritten).map(({ path }) => path)
  const kept = ['.plinth/manifest.json', '.plinth/base']
  await git.run('add', '--force', '--all', '--', ...kept, ...written)
}

/** Shared files that hold markers now. */
export function conflictsOf({ manifest, shared }: UpdatePlan): readonly string[] {
  const all = manifest === undefined ? shared : [manifest, ...shared]
  return all.filter(({ clashes }) => clashes.some(({ marked }) => marked)).map(({ path }) => path)
}

/** The subject under which the shared files are committed, also after a person solved conflicts. */
export function sharedSubject(version: string): string {
  return `chore: shared files as Plinth ${version} has them`
}
