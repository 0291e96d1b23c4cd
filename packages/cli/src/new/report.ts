import { spawnSync } from 'node:child_process'
import { relative, sep } from 'node:path'
import { shellEnvironment } from '../shell-environment.ts'
import { ownershipOf } from '../template/ownership.ts'
import { SPELLINGS } from '../template/spellings.ts'
import type { Made } from './make-service.ts'
import type { Plan } from './plan.ts'

/** The oldest Node that runs a service: `engines` of the template. */
const SERVICE_NODE = 24

/** What a person reads at the end: what there is, what to do next, and what they should know. */
export function madeText(made: Made, from: string): string {
  const { plan, commit } = made
  const { name } = plan.answers
  const notes = [
    ...(commit.code === 'committed' ? [] : [commit.note]),
    ...knownAbout(plan),
    ...nodeNote(nodeOnPath()),
  ]
  const steps = nextSteps(made, from)
  return [
    `${name} is made: ${plan.files.size} files${commit.code === 'committed' ? ', in a first commit' : ''}.`,
    '',
    ...steps.map((step) => `  ${step}`),
    ...(notes.length > 0 ? ['', ...notes] : []),
    '',
  ].join('\n')
}

/** The commands that lead to a running service, from the folder that the person is in. */
export function nextSteps(
  { plan, installed, inStep }: Pick<Made, 'plan' | 'installed' | 'inStep'>,
  from: string,
): readonly string[] {
  const { install, exec, run } = SPELLINGS[plan.answers.packageManager]
  const way = relative(from, plan.target.folder)
  return [
    ...(way === '' ? [] : [`cd ${quoted(way)}`]),
    ...(installed.code === 'installed' ? [] : [install]),
    ...(inStep ? [] : [`${exec} plinth sync`]),
    `${run} dev`,
  ]
}

/** What `--dry-run` prints: every file and whose it will be, and what would follow. */
export function planText(plan: Plan): string {
  const { answers, target } = plan
  const files = [...plan.files.keys()].map((path) => `  ${ownershipOf(path).padEnd(6)}  ${path}`)
  return [
    `${answers.name} would be made in ${target.folder}, with tenancy ${answers.tenancy}:`,
    ...files,
    plan.install
      ? `Then \`${SPELLINGS[answers.packageManager].install}\`.`
      : 'No packages would be installed.',
    plan.git ? 'Then a git repository with a first commit.' : 'No git repository would be made.',
    ...knownAbout(plan),
    '',
  ].join('\n')
}

/** The same for programs. */
export function planFacts({ answers, target, files, around }: Plan) {
  return {
    ...answers,
    folder: target.folder,
    files: [...files.keys()],
    repository: around.repository ?? null,
    workspace: around.workspace?.root ?? null,
  }
}

function knownAbout({ around, answers, target }: Plan): readonly string[] {
  const { repository, workspace } = around
  const path = workspace && relative(workspace.root, target.folder).split(sep).join('/')
  return [
    ...(workspace !== undefined && !workspace.member
      ? [
          `The workspace ${workspace.root} does not list it: add "${path}" to ${workspace.listedIn}, then run \`${SPELLINGS[answers.packageManager].install}\`.`,
        ]
      : []),
    ...(repository !== undefined
      ? ['GitHub reads workflows at the root of a repository only, so this service has none.']
      : []),
  ]
}

/** The version of the Node that a person's shell finds; this process may run on a newer one of its own. */
function nodeOnPath(): string {
  const { stdout } = spawnSync('node', ['--version'], { env: shellEnvironment(), encoding: 'utf8' })
  return stdout?.trim().replace(/^v/, '') || process.versions.node
}

function nodeNote(running: string): readonly string[] {
  if (Number(running.split('.')[0]) >= SERVICE_NODE) return []
  return [
    `The service itself needs Node ${SERVICE_NODE} or newer, and this machine has ${running}: get one at nodejs.org before you run it.`,
  ]
}

function quoted(path: string): string {
  return /^[\w./\\:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
