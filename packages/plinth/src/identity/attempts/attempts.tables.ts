import { z } from 'zod'
import { bytes, platformTable, timestamp } from '../../data/index.ts'

const attempts = platformTable(
  'attempts',
  () => ({
    subject_hash: bytes(),
    place_hash: bytes(),
    failures: z.int32().default(0),
    since_success: z.int32().default(0),
    locks: z.int32().default(0),
    locked_until: timestamp().nullable(),
    last_failed_at: timestamp().nullable(),
    succeeded_at: timestamp().nullable(),
    forget_at: timestamp(),
  }),
  { key: ['subject_hash', 'place_hash'], index: { forget: '(forget_at)' } },
)

/** What failed and how often; hashes and numbers only. */
export const attemptTables = [attempts]
