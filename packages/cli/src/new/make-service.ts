import { TEMPLATE_TENANCY } from '../template/answers.ts'
import { type FirstCommit, firstCommit } from './first-commit.ts'
import { type Installed, install, sync } from './install.ts'
import type { Plan } from './plan.ts'
import { writeService } from './write-service.ts'

/** What was done. */
export interface Made {
  readonly plan: Plan
  readonly installed: Installed
  /** Whether `src/generated/` says what the code does. */
  readonly inStep: boolean
  readonly commit: FirstCommit
}

/** Writes, installs and commits. */
export async function makeService(plan: Plan): Promise<Made> {
  const { target, answers, files } = plan
  await writeService({ folder: target.folder, answers, files })
  const installed: Installed = plan.install
    ? await install(target.folder, answers.packageManager)
    : { code: 'left_to_you' }
  const inStep = await isInStep(plan, installed)
  return { plan, installed, inStep, commit: plan.git ? firstCommit(target.folder) : notHere(plan) }
}

/** The files that tell the routes are there, or have been written now that the service can be asked. */
async function isInStep({ target, answers }: Plan, installed: Installed): Promise<boolean> {
  if (answers.tenancy === TEMPLATE_TENANCY) return true
  return installed.code === 'installed' && (await sync(target.folder, answers.packageManager))
}

function notHere({ around }: Plan): FirstCommit {
  const note =
    around.repository === undefined
      ? 'There is no git repository yet: run `git init`.'
      : `It lies in the repository ${around.repository}; commit it there.`
  return { code: 'left_to_you', note }
}
