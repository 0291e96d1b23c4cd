import { z } from 'zod'
import { bytes, jsonObject, platformTable, timestamp } from '../../../data/index.ts'
import { SIGNING_ALGORITHMS } from './signing-algorithms.ts'

const signingKeys = platformTable(
  'signing_keys',
  () => ({
    id: z.uuid(),
    algorithm: z.enum(SIGNING_ALGORITHMS),
    public_jwk: jsonObject().nullable(),
    private_sealed: bytes(),
    created_at: timestamp().default('now'),
    signs_from: timestamp(),
    verifies_until: timestamp().nullable(),
  }),
  {
    check: { public_check: "((algorithm = 'HS256'::text) = (public_jwk is null))" },
    triggers: ['tell_changed'],
  },
)

/** Keys that sign our own tokens; a dump of them signs nothing. */
export const signingKeyTables = [signingKeys]
