import { defineCommand } from 'citty'
import { misuse } from '../cli-error.ts'
import { runArguments } from './migration-run.ts'

/** `plinth db reset --force`: an empty database with all migrations applied. Never in production. */
export const resetCommand = defineCommand({
  meta: { description: 'Delete all data and apply every migration anew (not in production)' },
  args: {
    force: { type: 'boolean', description: 'Yes, delete all data' },
    ...runArguments,
  },
  async run({ args }) {
    const dryRun = args['dry-run'] === true
    if (!args.force && !dryRun)
      throw misuse('This deletes all data of the service; say --force to do it.')
    const { migrating } = await import('./migration-run.ts')
    await migrating(async ({ database, bring }) => {
      if (database.environment === 'production') {
        throw misuse('plinth db reset does not run in production.')
      }
      // What was edited since is undone by its file as it is now: nothing of it shall stay anyway.
      for (const set of database.sets.toReversed()) await bring(set, 0, true)
      for (const set of database.sets) await bring(set)
    }, args)
  },
})
