import type { Answers, PackageManager, Part, Tenancy } from '../template/answers.ts'
import { PACKAGE_MANAGERS } from '../template/answers.ts'
import { renderTemplate } from '../template/render-template.ts'
import { checkoutFolder } from '../template/template-files.ts'
import { repositoryAround } from './git.ts'
import type { Target } from './target-folder.ts'
import { type Workspace, workspaceAround } from './workspace-around.ts'

/** What the new folder will lie in. */
export interface Surroundings {
  /** Root of the git repository around it. */
  readonly repository: string | undefined
  readonly workspace: Workspace | undefined
}

/** What a person said, or what stands when nobody is asked. */
export interface Wishes {
  readonly tenancy: Tenancy
  readonly without: readonly Part[]
  readonly packageManager: PackageManager | undefined
  readonly install: boolean
  readonly git: boolean
}

/** Everything that `plinth new` is about to do. */
export interface Plan {
  readonly target: Target
  readonly around: Surroundings
  readonly answers: Answers
  readonly files: ReadonlyMap<string, string>
  readonly install: boolean
  readonly git: boolean
}

/** What lies around a folder that is to be made. */
export function surroundings({ folder, standsOn }: Target): Surroundings {
  return {
    repository: repositoryAround(standsOn, folder),
    workspace: workspaceAround(folder),
  }
}

/** Decides everything before anything is written. */
export async function planService(
  target: Target,
  around: Surroundings,
  wishes: Wishes,
): Promise<Plan> {
  const answers: Answers = {
    name: target.name,
    tenancy: wishes.tenancy,
    without: withoutIn(around, wishes.without),
    packageManager: wishes.packageManager ?? packageManagerAround(around.workspace),
    packages: checkoutFolder() === undefined ? 'registry' : 'vendor',
  }
  return {
    target,
    around,
    answers,
    files: await renderTemplate(answers),
    install: wishes.install && !mustBeListedFirst(around.workspace, answers.packageManager),
    git: wishes.git && around.repository === undefined,
  }
}

/** GitHub reads workflows at the root of a repository only, so one inside another gets none. */
function withoutIn({ repository }: Surroundings, without: readonly Part[]): readonly Part[] {
  return repository === undefined || without.includes('github') ? without : [...without, 'github']
}

/** pnpm and Yarn install nothing in a folder below a workspace that does not list it. */
function mustBeListedFirst(
  workspace: Workspace | undefined,
  packageManager: PackageManager,
): boolean {
  const strict = packageManager === 'pnpm' || packageManager === 'yarn'
  return strict && workspace !== undefined && !workspace.member
}

function packageManagerAround(workspace: Workspace | undefined): PackageManager {
  return workspace?.packageManager ?? packageManagerRunning() ?? 'npm'
}

/** Every package manager tells what it runs who it is: `pnpm/10.20.0 npm/? node/v24.1.0`. */
function packageManagerRunning(): PackageManager | undefined {
  const agent = process.env['npm_config_user_agent'] ?? ''
  return PACKAGE_MANAGERS.find((name) => agent.startsWith(`${name}/`))
}
