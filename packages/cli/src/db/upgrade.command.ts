import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { type MigrationRun, runArguments } from './migration-run.ts'

/** `plinth db upgrade`: applies what is pending, the platform's migrations first. */
export const upgradeCommand = defineCommand({
  meta: { description: 'Apply the migrations that are pending, as the owner' },
  args: {
    revision: {
      type: 'positional',
      required: false,
      default: 'head',
      description: 'Where to end: head, or a migration of the service (0003, 0003_add_weight)',
    },
    ...runArguments,
  },
  async run({ args }) {
    const { migrating } = await import('./migration-run.ts')
    await migrating(async (run) => {
      const to = await target(run, args.revision)
      for (const set of run.database.sets) await run.bring(set, set === 'platform' ? undefined : to)
    }, args)
  },
})

async function target({ database }: MigrationRun, text: string): Promise<number | undefined> {
  if (text === 'head') return undefined
  const [{ chosenSet }, { standingOf }] = await Promise.all([
    import('./choose-set.ts'),
    import('./standing.ts'),
  ])
  const set = chosenSet('service', database.sets)
  const { to, current } = await standingOf(database.settings, set, text)
  if (to >= current) return to
  throw misuse(`The database is at ${current} already; to go back: npx plinth db downgrade ${text}`)
}
