import { z } from 'zod'
import { bytes, platformTable, ref, timestamp } from '../../data/index.ts'

const pendingLogins = platformTable(
  'pending_logins',
  () => ({
    id: z.uuid(),
    state_hash: bytes(),
    cookie_hash: bytes(),
    provider: z.string(),
    purpose: z.enum(['sign_in', 'step_up', 'link']).default('sign_in'),
    nonce: z.string(),
    code_verifier: z.string(),
    redirect_uri: z.string(),
    return_to: z.string(),
    max_age_seconds: z.int32().nullable(),
    acr_values: z.array(z.string()).default([]),
    person_id: ref('people', { onDelete: 'cascade' }).nullable(),
    session_family_id: z.uuid().nullable(),
    fingerprint: bytes(),
    created_at: timestamp().default('now'),
    expires_at: timestamp(),
    consumed_at: timestamp().nullable(),
  }),
  {
    unique: [['state_hash']],
    index: { expiry: '(expires_at)' },
    check: {
      asked:
        "((purpose = 'sign_in'::text) or ((person_id is not null) and (session_family_id is not null)))",
      max_age_seconds_check: '(max_age_seconds >= 0)',
    },
  },
)

/** Sign-ins that people have started and not finished. */
export const oidcTables = [pendingLogins]
