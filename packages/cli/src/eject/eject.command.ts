import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { devFolder } from '../dev/dev-folder.ts'
import { say } from '../dev/terminal.ts'

/** `plinth eject <feature>`: copies one feature of the platform into the service, as the owner's code. */
export const ejectCommand = defineCommand({
  meta: { description: 'Copy one feature of the platform into this service, to be your own code' },
  args: {
    feature: {
      type: 'positional',
      required: true,
      description: 'web: sign-in, account and linking pages',
    },
    diff: { type: 'boolean', description: 'Show your copy against the platform of today' },
    seen: { type: 'boolean', description: 'You have seen what changed; doctor is quiet about it' },
    'dry-run': { type: 'boolean', description: 'Only say which files would be written' },
    json: { type: 'boolean', description: 'Print JSON' },
  },
  async run({ args }) {
    if (args.diff && args.seen)
      throw misuse('--diff and --seen exclude each other; say one of them.')
    const { service } = devFolder()
    const [{ ejectable }, { differenceOf, ejectFeature, markSeen }] = await Promise.all([
      import('./ejectable.ts'),
      import('./eject-feature.ts'),
    ])
    const feature = ejectable(args.feature)
    if (args.diff) {
      const difference = await differenceOf(service, feature)
      if (args.json) say(JSON.stringify({ feature: feature.name, difference }))
      else say(difference === '' ? 'Your copy is what the platform has today.' : difference)
      return
    }
    const dryRun = args['dry-run'] === true
    if (args.seen) {
      const changed = await markSeen(service, feature, { dryRun })
      if (args.json) say(JSON.stringify({ feature: feature.name, changed }))
      else say(dryRun ? `Would note as seen: ${changed.join(', ') || 'nothing'}.` : 'Noted.')
      return
    }
    const { files, next } = await ejectFeature(service, feature, { dryRun })
    if (args.json) return say(JSON.stringify({ feature: feature.name, files, next }, null, 2))
    for (const file of files) say(`${dryRun ? 'would write' : 'wrote'}  ${file}`)
    say('Then, in src/main.ts and src/worker.ts:')
    for (const line of next) say(`  ${line}`)
  },
})
