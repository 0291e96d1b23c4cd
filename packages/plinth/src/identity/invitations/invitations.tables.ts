import { z } from 'zod'
import { platformTable, ref, timestamp } from '../../data/index.ts'

const invitations = platformTable(
  'invitations',
  () => ({
    id: z.uuid(),
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    person_id: ref('people', { onDelete: 'set null' }).nullable(),
    email: z.string(),
    role: z.string(),
    invited_by: ref('people', { onDelete: 'set null' }).nullable(),
    created_at: timestamp().default('now'),
    sent_at: timestamp().default('now'),
    expires_at: timestamp(),
    accepted_at: timestamp().nullable(),
    revoked_at: timestamp().nullable(),
    declined_at: timestamp().nullable(),
  }),
  {
    key: ['tenant_id', 'id'],
    index: {
      person: '(person_id)',
      invited_by: '(invited_by)',
    },
    check: { once: '(num_nonnulls(accepted_at, revoked_at, declined_at) <= 1)' },
    policies: ['tenant'],
  },
)

/** Who was asked into which tenant. */
export const invitationTables = [invitations]
