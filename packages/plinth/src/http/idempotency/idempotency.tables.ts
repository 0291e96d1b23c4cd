import { z } from 'zod'
import { bytes, json, platformTable, ref, timestamp } from '../../data/index.ts'

const keys = platformTable(
  'idempotency_keys',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    key_hash: bytes(),
    request_hash: bytes(),
    status: z.int32(),
    headers: json(z.record(z.string(), z.string())),
    body: z.string().nullable(),
    expires_at: timestamp(),
  }),
  {
    key: ['tenant_id', 'key_hash'],
    index: { expiry: '(tenant_id, expires_at)' },
    policies: ['tenant'],
  },
)

/** What was answered under which key, until the key is forgotten. */
export const httpTables = [keys]
