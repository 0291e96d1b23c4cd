import { writeManifest } from '../template/manifest.ts'
import type { UpdatePlan } from './plan-update.ts'
import type { Repository } from './repository.ts'
import { writeDecision, writeShared } from './write-decision.ts'

/** Where an update works, and how far it came. */
export interface Steps {
  readonly git: Repository
  /** Subjects of the commits so far. */
  readonly commits: string[]
}

/**
 * Commits all that changed; nothing when nothing did. The whole repository, which was clean: a monorepo's
 * lockfile stands above the service.
 */
export async function commitAll(
  { git, commits }: Steps,
  subject: string,
  body = '',
): Promise<void> {
  await git.run('add', '--all', '--', ':/')
  if ((await git.ask('diff', '--cached', '--quiet')).ok) return
  const message = body === '' ? ['-m', subject] : ['-m', subject, '-m', body]
  // The owner's hooks judge the branch when it is merged; half an update may not please them.
  await git.run('commit', '--quiet', '--no-verify', ...message)
  commits.push(subject)
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

/** The shared files, and the template's texts of them for the next update. Commits nothing. */
export async function writeSharedFiles({ git }: Steps, plan: UpdatePlan): Promise<void> {
  for (const decision of plan.shared) await writeDecision(git.folder, decision)
  const { version, answers, files } = plan.release
  await writeManifest(git.folder, { plinth: version, answers, files })
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
