import { defineCommand } from 'citty'

/** `plinth init-db`: everything that a database needs before the first request. */
export const initDbCommand = defineCommand({
  meta: { description: 'Make roles, schemas and tables, whatever of them is missing' },
  async run() {
    const { initDatabase } = await import('./dev/init-database.ts')
    await initDatabase()
  },
})
