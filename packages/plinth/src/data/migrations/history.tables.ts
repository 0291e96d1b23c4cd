import { z } from 'zod'
import { platformTable } from '../entity/platform-table.ts'
import { timestamp } from '../entity/timestamp.ts'

const migrations = platformTable(
  'migrations',
  () => ({
    set: z.string(),
    number: z.int32(),
    name: z.string(),
    hash: z.string(),
    applied_at: timestamp().default('now'),
  }),
  { key: ['set', 'number'] },
)

/** What was applied to this database. */
export const historyTables = [migrations]
