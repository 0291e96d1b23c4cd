import { z } from 'zod'
import { jsonObject, platformTable, timestamp } from '../data/index.ts'

const events = platformTable(
  'audit_events',
  () => ({
    id: z.uuid(),
    tenant_id: z.uuid(),
    occurred_at: timestamp().default('now'),
    actor_kind: z.enum(['person', 'anonymous', 'system']),
    actor_id: z.uuid().nullable(),
    action: z.string(),
    target_type: z.string().nullable(),
    target_id: z.string().nullable(),
    outcome: z.enum(['success', 'denied', 'failed']),
    reason: z.string().nullable(),
    client_address: z.string().nullable(),
    request_id: z.string().nullable(),
    credential_kind: z.string().nullable(),
    credential_id: z.string().nullable(),
    data: jsonObject().default({}),
  }),
  {
    key: ['tenant_id', 'id'],
    index: {
      time: '(tenant_id, occurred_at desc, id)',
      actor: '(tenant_id, actor_id) where (client_address is not null)',
    },
    triggers: ['keep'],
    policies: ['tenant'],
  },
)

/** What happened, and what was refused. */
export const auditTables = [events]
