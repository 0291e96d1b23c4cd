import { defineCommand } from 'citty'

/** `plinth db upgrade`: applies what is pending, the platform's migrations first. */
export const upgradeCommand = defineCommand({
  meta: { description: 'Apply the migrations that are pending, as the owner' },
  async run() {
    const { migrating } = await import('./migration-run.ts')
    await migrating(async ({ database, bring }) => {
      for (const set of database.sets) await bring(set)
    })
  },
})
