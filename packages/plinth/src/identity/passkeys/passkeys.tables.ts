import { z } from 'zod'
import { bigint, bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const passkeys = platformTable(
  'passkeys',
  () => ({
    id: z.uuid(),
    person_id: ref('people', { onDelete: 'cascade' }),
    credential_id: z.string(),
    public_key: bytes(),
    sign_counter: bigint(),
    transports: z.array(z.string()).default([]),
    name: z.string(),
    synced: z.boolean(),
    created_at: timestamp().default('now'),
    last_used_at: timestamp().nullable(),
  }),
  {
    unique: [['credential_id']],
    index: { person: '(person_id)' },
    triggers: ['keep_key'],
  },
)

/** Passkeys: public keys, which open nothing by themselves. */
export const passkeyTables = [passkeys]
