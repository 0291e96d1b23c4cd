import { CliError, misuse } from '../cli-error.ts'
import { installPackages } from '../install/install-packages.ts'
import { withProgress } from '../progress.ts'
import { SPELLINGS } from '../template/spellings.ts'
import { abortUpdate, stashSentence } from './abort-update.ts'
import { breakingStep } from './breaking-step.ts'
import { type Regenerated, regenerate } from './owned-files.ts'
import { packageManagerOf } from './package-manager.ts'
import type { UpdatePlan } from './plan-update.ts'
import { reportOf, type UpdateReport } from './report.ts'
import type { Repository } from './repository.ts'
import {
  commitAll,
  commitStaged,
  conflictsOf,
  runCodemods,
  type Steps,
  sharedSubject,
  writePackages,
  writeSharedFiles,
} from './steps.ts'
import { standing, type UpdateState, writeState } from './update-state.ts'
import { dropOurs, stageOurs } from './working-tree.ts'

/** What an update is applied to, and with. */
export interface Application {
  readonly git: Repository
  readonly plan: UpdatePlan
  /** Whether the package manager may be run. */
  readonly install: boolean
  /** Brings tarballs into the service, when the packages come from a folder. */
  readonly vendor?: () => Promise<void>
}

/** The branch on which a service is brought to a version. */
export function branchFor(version: string): string {
  return `plinth-update-${version}`
}

/**
 * Brings a service to a release, on a branch of its own and with a commit for each step. When it fails
 * half-way everything is as it was before.
 * @throws CliError saying what failed
 */
export async function applyUpdate(application: Application): Promise<UpdateReport> {
  const { git, plan } = application
  const before = await standing(git)
  const manager = packageManagerOf(git.folder, plan.release.answers.packageManager)
  const branch = branchFor(plan.to)
  const started = { from: plan.from, to: plan.to, before, branch, head: before.sha }
  const state: UpdateState = {
    ...started,
    phase: 'working',
    conflicts: [],
    manager,
  }
  // Two updates at once: git makes the branch for one of them, and nothing of that one is touched.
  const made = await git.ask('branch', '--no-track', branch)
  if (!made.ok) throw misuse(`The branch ${branch} could not be made: ${made.err}.`)
  await writeState(git, state)
  try {
    await git.run('switch', '--quiet', branch)
    return await takeSteps(application, state)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CliError(`${reason} ${await undo(git)}`, 1, error)
  }
}

/** Goes back after a failure, and says how that went: what failed may stand in the way of that too. */
async function undo(git: Repository): Promise<string> {
  try {
    const aborted = await abortUpdate(git)
    const kept = aborted.stashed ? ` ${stashSentence(aborted)}` : ''
    return `Everything is as it was before the update.${kept}`
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return `Going back was not possible (${why}); look at \`git status\`, then: plinth update --abort.`
  }
}

async function takeSteps(application: Application, state: UpdateState): Promise<UpdateReport> {
  const { git, plan } = application
  const steps: Steps = { git, commits: [], state }
  const next = await bringPackages(application, steps)
  await runCodemods(steps, plan)
  await writeSharedFiles(steps, plan)
  const report = { ...reportOf(plan), branch: state.branch }
  const conflicts = conflictsOf(plan)
  if (conflicts.length > 0) {
    // Staged, so that going back takes new files away as well.
    await stageOurs(git)
    const { exec } = SPELLINGS[state.manager]
    const tree = await git.run('write-tree')
    await writeState(git, { ...steps.state, phase: 'conflicts', conflicts, tree })
    const solve = `Choose in ${conflicts.join(', ')}, take the markers out, then: ${exec} plinth update --continue (or go back: ${exec} plinth update --abort)`
    return { ...report, code: 'conflicts', commits: steps.commits, next: [...next, solve] }
  }
  await commitAll(steps, sharedSubject(plan.to))
  const end = await finish(steps)
  return { ...report, code: end.code, commits: steps.commits, next: [...next, ...end.next] }
}

/** The step of the packages; what is left for a person of it. */
async function bringPackages(application: Application, steps: Steps): Promise<readonly string[]> {
  const { git, plan, vendor } = application
  const { manager } = steps.state
  await vendor?.()
  if (vendor !== undefined) await git.run('add', '--force', '--', 'vendor/plinth-*.tgz')
  await writePackages(steps, plan)
  const message = [`build: Plinth ${plan.to}`, `It was ${plan.from}.`] as const
  if (application.install) return install(steps, ...message)
  await commitAll(steps, ...message)
  return [`Install the packages: ${SPELLINGS[manager].install}`]
}

/**
 * Runs the package manager and commits what it changed, with what is there already. Where it fails, the state
 * says that it is still to be done.
 * @returns what a person does then
 */
export async function install(
  steps: Steps,
  subject: string,
  body: string,
): Promise<readonly string[]> {
  const { git, state } = steps
  await stageOurs(git)
  const done = await installPackages(git.folder, state.manager)
  steps.state = { ...state, installs: done.code === 'failed' }
  if (done.code === 'installed') {
    await commitAll(steps, subject, body)
    return []
  }
  await commitStaged(steps, subject, body)
  // Half a lockfile, and what the package manager noted of its failure.
  await dropOurs(git)
  const { exec } = SPELLINGS[state.manager]
  return [
    `The packages could not be installed: ${done.why}. Put that right, then: ${exec} plinth update --continue (or go back: ${exec} plinth update --abort)`,
  ]
}

/**
 * What follows the shared files: packages that could not be installed before, then the generated files,
 * which need them.
 */
export async function finish(steps: Steps): Promise<Pick<UpdateReport, 'code' | 'next'>> {
  const { git } = steps
  if (steps.state.installs === true) {
    await writeState(git, { ...steps.state, phase: 'unfinished', conflicts: [] })
    return { code: 'unfinished', next: [] }
  }
  const done = await withProgress('Writing the generated files', regenerate(git.folder))
  if (done.ok) await commitAll(steps, 'chore: generated files')
  else await dropOurs(git)
  await writeState(git, { ...steps.state, phase: 'done', conflicts: [] })
  return { code: 'updated', next: nextSteps(steps.state, done) }
}

function nextSteps(state: UpdateState, done: Regenerated): readonly string[] {
  const { before, branch, manager } = state
  const { exec, run } = SPELLINGS[manager]
  return [
    ...(done.ok
      ? []
      : [`Write the generated files: ${exec} plinth sync, and commit them (${done.said})`]),
    ...breakingStep(done.breaking, exec),
    `Bring the tables of the platform up to date: ${exec} plinth db upgrade (its migrations come with the package)`,
    `Try it: ${run} check && ${run} test; look at it: git diff ${before.branch ?? before.sha}...${branch}`,
    `Take it: git switch ${before.branch ?? '<your branch>'} && git merge ${branch}; or go back: ${exec} plinth update --abort`,
  ]
}
