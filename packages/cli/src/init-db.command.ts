import { defineCommand } from 'citty'
import { dryRunArgument } from './db/dry-run.ts'

/** `plinth init-db`: everything that a database needs before the first request. */
export const initDbCommand = defineCommand({
  meta: { description: 'Make roles, schemas and tables, whatever of them is missing' },
  args: dryRunArgument,
  async run({ args }) {
    const { initDatabase } = await import('./dev/init-database.ts')
    await initDatabase({ dryRun: args['dry-run'] === true })
  },
})
