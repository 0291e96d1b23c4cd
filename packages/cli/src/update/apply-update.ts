import { CliError } from '../cli-error.ts'
import { installPackages } from '../install/install-packages.ts'
import { withProgress } from '../progress.ts'
import type { PackageManager } from '../template/answers.ts'
import { SPELLINGS } from '../template/spellings.ts'
import { abortUpdate } from './abort-update.ts'
import { breakingStep } from './breaking-step.ts'
import { regenerate } from './owned-files.ts'
import { packageManagerOf } from './package-manager.ts'
import type { UpdatePlan } from './plan-update.ts'
import { reportOf, type UpdateReport } from './report.ts'
import type { Repository } from './repository.ts'
import {
  commitAll,
  conflictsOf,
  runCodemods,
  type Steps,
  sharedSubject,
  writePackages,
  writeSharedFiles,
} from './steps.ts'
import { standing, type UpdateState, writeState } from './update-state.ts'

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
  await writeState(git, state)
  try {
    await git.run('switch', '--quiet', '--create', branch)
    return await takeSteps(application, state)
  } catch (error) {
    await abortUpdate(git)
    const reason = error instanceof Error ? error.message : String(error)
    throw new CliError(`${reason} Everything is as it was before the update.`, 1, error)
  }
}

async function takeSteps(application: Application, state: UpdateState): Promise<UpdateReport> {
  const { git, plan } = application
  const steps: Steps = { git, commits: [] }
  const next = await bringPackages(application, steps, state.manager)
  await runCodemods(steps, plan)
  await writeSharedFiles(steps, plan)
  const report = { ...reportOf(plan), branch: state.branch }
  const conflicts = conflictsOf(plan)
  if (conflicts.length > 0) {
    // Staged, so that going back takes new files away as well.
    await git.run('add', '--all', '--', ':/')
    const { sha } = await standing(git)
    const { exec } = SPELLINGS[state.manager]
    await writeState(git, { ...state, head: sha, phase: 'conflicts', conflicts })
    const solve = `Choose in ${conflicts.join(', ')}, take the markers out, then: ${exec} plinth update --continue (or go back: ${exec} plinth update --abort)`
    return { ...report, code: 'conflicts', commits: steps.commits, next: [...next, solve] }
  }
  await commitAll(steps, sharedSubject(plan.to))
  const more = await finish(steps, state)
  return { ...report, code: 'updated', commits: steps.commits, next: [...next, ...more] }
}

/** The step of the packages; what is left for a person of it. */
async function bringPackages(
  application: Application,
  steps: Steps,
  manager: PackageManager,
): Promise<readonly string[]> {
  const { git, plan, vendor } = application
  await vendor?.()
  await writePackages(steps, plan)
  const done = application.install ? await installPackages(git.folder, manager) : undefined
  await commitAll(steps, `build: Plinth ${plan.to}`, `It was ${plan.from}.`)
  if (done?.code === 'installed') return []
  const { install: again, lockfile } = SPELLINGS[manager]
  if (done === undefined) return [`Install the packages: ${again}`]
  return [
    `The packages could not be installed: ${done.why}. Put that right, then: ${again}, and commit ${lockfile}`,
  ]
}

/** The generated files, which need the packages and the merged configuration; then what a person does. */
export async function finish(steps: Steps, state: UpdateState): Promise<readonly string[]> {
  const { git } = steps
  const done = await withProgress('Writing the generated files', regenerate(git.folder))
  if (done.ok) await commitAll(steps, 'chore: generated files')
  else await dropChanges(git)
  const { sha } = await standing(git)
  await writeState(git, { ...state, head: sha, phase: 'done', conflicts: [] })
  const home = state.before.branch ?? 'main'
  const { exec, run } = SPELLINGS[state.manager]
  return [
    ...(done.ok
      ? []
      : [`Write the generated files: ${exec} plinth sync, and commit them (${done.said})`]),
    ...breakingStep(done.breaking, exec),
    `Bring the tables of the platform up to date: ${exec} plinth db upgrade (its migrations come with the package)`,
    `Try it: ${run} check && ${run} test; look at it: git diff ${home}...${state.branch}`,
    `Take it: git switch ${home} && git merge ${state.branch}; or go back: ${exec} plinth update --abort`,
  ]
}

/** All that an update did so far is in commits; half-written generated files are not worth one. */
async function dropChanges(git: Repository): Promise<void> {
  await git.run('add', '--all', '--', ':/')
  await git.run('reset', '--quiet', '--hard')
}
