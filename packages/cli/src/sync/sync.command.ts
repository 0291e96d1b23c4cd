import { defineCommand } from 'citty'
import { CliError } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say, whileWaiting } from '../dev/terminal.ts'
import type { OnBreaking } from '../openapi/breaking-changes.ts'
import { keptLine } from './kept-line.ts'

/** `plinth sync`: the files of src/generated/, made from the code. */
export const syncCommand = defineCommand({
  meta: {
    description:
      'Write src/generated/ anew: the registry of features, routes.txt and openapi.json. ' +
      'A feature is registered by being exported below src/entities, src/pages, src/jobs or src/services',
  },
  args: {
    check: { type: 'boolean', description: 'Write nothing; exit 1 when a file is not up to date' },
    'dry-run': { type: 'boolean', description: 'Only say what would be written' },
    'accept-breaking': {
      type: 'boolean',
      description: 'Write openapi.json also when callers of the API would break',
    },
    'keep-breaking': {
      type: 'boolean',
      description: 'Leave openapi.json as it is when callers would break, and go on',
    },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    const { service } = devFolder()
    const { syncService } = await import('./sync-service.ts')
    const check = args.check === true || args['dry-run'] === true
    const onBreaking = onBreakingIn(args)
    const work = syncService(service, { check, onBreaking })
    const result = await (args.json ? work : whileWaiting('Reading the features', work))
    if (args.json) say(JSON.stringify(result))
    else for (const line of linesOf(result, check)) say(line)
    if (args.check && result.stale.length > 0)
      throw new CliError('src/generated is not what the code says; run `plinth sync`.')
  },
})

type Given = Readonly<Record<'accept-breaking' | 'keep-breaking', boolean | undefined>>

function onBreakingIn(args: Given): OnBreaking {
  if (args['accept-breaking'] === true) return 'accept'
  return args['keep-breaking'] === true ? 'keep' : 'refuse'
}

type Result = Awaited<ReturnType<typeof import('./sync-service.ts')['syncService']>>

function linesOf({ stale, kept }: Result, check: boolean): readonly string[] {
  if (stale.length + kept.length === 0) return ['src/generated is up to date.']
  return [...stale.map((file) => `${check ? 'stale  ' : 'wrote  '}${file}`), ...kept.map(keptLine)]
}
