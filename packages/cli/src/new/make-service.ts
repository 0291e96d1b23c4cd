import { type FirstCommit, firstCommit } from './first-commit.ts'
import { type Installed, install } from './install.ts'
import type { Plan } from './plan.ts'
import { writeService } from './write-service.ts'

/** What was done. */
export interface Made {
  readonly plan: Plan
  readonly installed: Installed
  readonly commit: FirstCommit
}

/** Writes, installs and commits. */
export async function makeService(plan: Plan): Promise<Made> {
  const { target, answers, files } = plan
  await writeService({ folder: target.folder, answers, files })
  const installed: Installed = plan.install
    ? await install(target.folder, answers.packageManager)
    : { code: 'left_to_you' }
  return { plan, installed, commit: plan.git ? firstCommit(target.folder) : notHere(plan) }
}

function notHere({ around }: Plan): FirstCommit {
  const note =
    around.repository === undefined
      ? 'There is no git repository yet: run `git init`.'
      : `It lies in the repository ${around.repository}; commit it there.`
  return { code: 'left_to_you', note }
}
