import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { wholeNumber } from '../whole-number.ts'
import { dryRunArgument } from './dry-run.ts'

/** `plinth db downgrade`: undoes the last migration of a set, or goes back to a number. */
export const downgradeCommand = defineCommand({
  meta: { description: 'Undo the last migration of the service, or go back to a number' },
  args: {
    ...dryRunArgument,
    to: { type: 'string', valueHint: '0', description: 'Number to go back to; 0 undoes all' },
    set: {
      type: 'string',
      valueHint: 'platform|service',
      default: 'service',
      description: 'Which migrations',
    },
  },
  async run({ args }) {
    if (args.set !== 'platform' && args.set !== 'service') {
      throw misuse(`--set takes platform or service, not "${args.set}".`)
    }
    const to =
      args.to === undefined ? undefined : wholeNumber('--to', args.to, { least: 0, most: 9_999 })
    const { migrating } = await import('./migration-run.ts')
    await migrating(async ({ database, bring }) => {
      const [platform, service] = database.sets
      const set = args.set === 'platform' ? platform : service
      await bring(set, to ?? (await oneBefore(database.settings, set)))
    }, args['dry-run'] === true)
  },
})

type Status = Parameters<typeof import('plinth/data')['migrationStatus']>[0]
type Settings = Parameters<typeof import('plinth/data')['ownerConnection']>[0]

async function oneBefore(settings: Settings, set: Status['set']): Promise<number> {
  const { migrationStatus, ownerConnection } = await import('plinth/data')
  const { applied } = await migrationStatus({ ...ownerConnection(settings), set })
  if (applied.length === 0) throw misuse('Nothing is applied, so there is nothing to undo.')
  return applied.at(-2)?.number ?? 0
}
