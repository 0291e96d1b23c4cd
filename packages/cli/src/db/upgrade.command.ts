import { defineCommand } from 'citty'
import { dryRunArgument } from './dry-run.ts'

/** `plinth db upgrade`: applies what is pending, the platform's migrations first. */
export const upgradeCommand = defineCommand({
  meta: { description: 'Apply the migrations that are pending, as the owner' },
  args: dryRunArgument,
  async run({ args }) {
    const { migrating } = await import('./migration-run.ts')
    await migrating(async ({ database, bring }) => {
      for (const set of database.sets) await bring(set)
    }, args['dry-run'] === true)
  },
})
