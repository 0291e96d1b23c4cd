import { z } from 'zod'
import { platformTable, ref, timestamp } from '../../data/index.ts'

const credentials = platformTable(
  'credentials',
  () => ({
    person_id: ref('people', { onDelete: 'cascade' }),
    hash: z.string(),
    version: z.int32().default(1),
    must_change: z.boolean().default(false),
    changed_at: timestamp(),
    created_at: timestamp().default('now'),
  }),
  { key: ['person_id'] },
)

const names = platformTable(
  'sign_in_names',
  () => ({
    name_key: z.string(),
    person_id: ref('people', { onDelete: 'cascade' }),
    kind: z.enum(['email', 'username']),
    name: z.string(),
    created_at: timestamp().default('now'),
  }),
  { key: ['name_key'], unique: [['person_id', 'kind']] },
)

/** Passwords, and the names that they are used with. */
export const passwordTables = [credentials, names]
