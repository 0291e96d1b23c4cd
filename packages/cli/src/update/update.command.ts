import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'

const ARGS = {
  check: {
    type: 'boolean',
    description: 'Only say whether the service is behind: exit code 2 when it is',
  },
  'dry-run': { type: 'boolean', description: 'Only say what would become of each file' },
  from: {
    type: 'string',
    valueHint: 'folder',
    description: 'Take Plinth from tarballs in this folder',
  },
  install: {
    type: 'boolean',
    default: true,
    description: 'Run the package manager',
    negativeDescription: 'Do not run the package manager',
  },
  continue: { type: 'boolean', description: 'Go on after conflicts were solved' },
  abort: { type: 'boolean', description: 'Go back to where the service was before the update' },
  json: { type: 'boolean', description: 'Print JSON' },
} as const

/** `plinth update`: brings a service to this version of Plinth, with the owner's edits kept. */
export const updateCommand = defineCommand({
  meta: { description: 'Bring this service to this version of Plinth; your edits stay' },
  args: ARGS,
  async run({ args, rawArgs }) {
    const { service } = devFolder()
    const asked = [args.check, args['dry-run'], args.continue, args.abort].filter(Boolean)
    if (asked.length > 1)
      throw misuse(
        '--check, --dry-run, --continue and --abort exclude each other; say one of them.',
      )
    if (args.abort) return abort(service, args.json === true)
    if (args.continue) return goOn(service, args.json === true)
    await update({ service, ...args, json: args.json === true, rawArgs })
  },
})

async function abort(service: string, json: boolean): Promise<void> {
  const [{ abortUpdate, stashSentence }, { repositoryAt }, { SPELLINGS }] = await Promise.all([
    import('./abort-update.ts'),
    import('./repository.ts'),
    import('../template/spellings.ts'),
  ])
  const aborted = await abortUpdate(repositoryAt(service))
  const { before, branch, manager, stashed } = aborted
  const place = before.branch ?? before.sha
  if (json)
    return say(
      JSON.stringify({ code: 'aborted', branch: place, removed: branch, stashed }, null, 2),
    )
  say(`Back on ${place}, as it was before the update; ${branch} is gone.`)
  if (stashed) say(stashSentence(aborted))
  say(`Install the packages of that version again: ${SPELLINGS[manager].install}`)
}

async function goOn(service: string, json: boolean): Promise<void> {
  const [{ continueUpdate }, { repositoryAt }] = await Promise.all([
    import('./continue-update.ts'),
    import('./repository.ts'),
  ])
  await print(await continueUpdate(repositoryAt(service)), json)
}

interface Asked {
  readonly service: string
  readonly check?: boolean | undefined
  readonly 'dry-run'?: boolean | undefined
  readonly from?: string | undefined
  readonly install: boolean
  readonly json: boolean
  readonly rawArgs: readonly string[]
}

async function update(asked: Asked): Promise<void> {
  const { service, json } = asked
  const [{ foretellUpdate, updateService }, { installedRelease, installedVersion }] =
    await Promise.all([import('./update-service.ts'), import('./release.ts')])
  const { findTarballs } = await import('./tarballs.ts')
  const tarballs = asked.from === undefined ? undefined : await findTarballs(asked.from)
  if (tarballs !== undefined) {
    const { handOver, isForAnother } = await import('./hand-over.ts')
    if (await isForAnother(tarballs, service, await installedVersion())) {
      process.exitCode = await handOver(tarballs, service, asked.rawArgs)
      return
    }
  }
  const request = {
    folder: service,
    release: installedRelease,
    install: asked.install,
    ...(tarballs !== undefined && { tarballs }),
  }
  if (!asked.check && !asked['dry-run']) return print(await updateService(request), json)
  const { reportOf } = await import('./report.ts')
  const report = reportOf(await foretellUpdate(request))
  await print(report, json)
  if (asked.check && report.code === 'behind') process.exitCode = 2
}

async function print(report: import('./report.ts').UpdateReport, json: boolean): Promise<void> {
  const { linesOf } = await import('./report.ts')
  if (json) say(JSON.stringify(report, null, 2))
  else for (const line of linesOf(report)) say(line)
  if (report.code === 'conflicts' || report.code === 'unfinished') process.exitCode = 1
}
