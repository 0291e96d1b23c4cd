import { z } from 'zod'
import { platformTable, ref, timestamp } from '../../data/index.ts'

const offers = platformTable(
  'link_offers',
  () => ({
    id: z.uuid(),
    person_id: ref('people', { onDelete: 'cascade' }),
    session_family_id: z.uuid(),
    issuer: z.string(),
    subject: z.string(),
    provider: z.string(),
    email: z.string().nullable(),
    name: z.string(),
    return_to: z.string(),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    consumed_at: timestamp().nullable(),
  }),
  { index: { family: '(session_family_id)', expiry: '(expires_at)' } },
)

/** Accounts that people have proved to be theirs and may link. */
export const linkingTables = [offers]
