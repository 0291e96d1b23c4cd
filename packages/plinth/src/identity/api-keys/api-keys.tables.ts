import { z } from 'zod'
import { bytes, jsonObject, platformTable, ref, timestamp } from '../../data/index.ts'
import { KEY_TYPES } from './key-format.ts'

const keys = platformTable(
  'api_keys',
  () => ({
    id: z.uuid(),
    key_hash: bytes(),
    prefix: z.string(),
    type: z.enum(KEY_TYPES),
    test: z.boolean().default(false),
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    owner_id: ref('people', { onDelete: 'cascade' }),
    created_by: ref('people', { onDelete: 'set null' }).nullable(),
    parent_id: ref('api_keys', { onDelete: 'set null' }).nullable(),
    family_id: z.uuid(),
    name: z.string(),
    scopes: z.array(z.string()).default([]),
    allowed_ips: z.array(z.string()).nullable(),
    rate_limit: z.int32().nullable(),
    metadata: jsonObject().default({}),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
    updated_at: timestamp().default('now'),
    expires_at: timestamp().nullable(),
    rotated_at: timestamp().nullable(),
    successor_id: z.uuid().nullable(),
    revoked_at: timestamp().nullable(),
    last_used_at: timestamp().nullable(),
    known_addresses: z.array(z.string()).default([]),
    announced_end: timestamp().nullable(),
  }),
  {
    unique: [['key_hash']],
    index: {
      owner: '(owner_id, tenant_id)',
      tenant: '(tenant_id, id)',
      parent: '(parent_id) where (parent_id is not null)',
      end: '(tenant_id, expires_at) where ((revoked_at is null) and (successor_id is null))',
    },
    check: {
      hash_size: '(octet_length(key_hash) = 32)',
      limit_positive: '(rate_limit > 0)',
    },
    triggers: ['touch', 'tell_changed', 'tell_deleted'],
  },
)

/** API keys; a dump of them opens nothing. */
export const apiKeyTables = [keys]
