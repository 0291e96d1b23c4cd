import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { chosenSet, setArgument } from './choose-set.ts'
import { type MigrationRun, runArguments } from './migration-run.ts'
import type { MigrationSet } from './service-database.ts'

/** `plinth db downgrade`: undoes the last migration of a set, or goes back to one. */
export const downgradeCommand = defineCommand({
  meta: { description: 'Undo the last migration of the service, or go back to an earlier one' },
  args: {
    revision: {
      type: 'positional',
      required: false,
      description: 'Where to end: 0002, 0002_add_weight; 0 undoes all',
    },
    one: { type: 'boolean', alias: '1', description: 'Undo one, as without it: downgrade -1' },
    to: { type: 'string', valueHint: '0', description: 'The same as the revision' },
    ...setArgument,
    ...runArguments,
  },
  async run({ args }) {
    const asked = args.revision ?? args.to
    if (asked !== undefined && args.one) throw misuse('Say -1 or a migration to end at, not both.')
    const { migrating } = await import('./migration-run.ts')
    await migrating(async (run) => {
      const set = chosenSet(args.set, run.database.sets)
      await run.bring(set, await target(run, set, asked))
    }, args)
  },
})

async function target(
  { database }: MigrationRun,
  set: MigrationSet,
  asked: string | undefined,
): Promise<number> {
  const { standingOf } = await import('./standing.ts')
  const { applied, current, to } = await standingOf(database.settings, set, asked ?? '0')
  if (asked !== undefined) {
    if (to <= current) return to
    throw misuse(`The database is only at ${current}; to go on: npx plinth db upgrade ${asked}`)
  }
  if (applied.length === 0) throw misuse('Nothing is applied, so there is nothing to undo.')
  return applied.at(-2)?.number ?? 0
}
