import { z } from 'zod'
import { bytes, jsonObject, platformTable, ref, timestamp } from '../../data/index.ts'

const oneTimeTokens = platformTable(
  'one_time_tokens',
  () => ({
    id: z.uuid(),
    token_hash: bytes(),
    purpose: z.string(),
    person_id: ref('people', { onDelete: 'cascade' }).nullable(),
    data: jsonObject().default({}),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    consumed_at: timestamp().nullable(),
  }),
  {
    unique: [['token_hash']],
    index: { person: '(person_id, purpose)', expiry: '(expires_at)' },
  },
)

/** What is sent to somebody, or kept by their browser, to be brought back once. */
export const oneTimeTables = [oneTimeTokens]
