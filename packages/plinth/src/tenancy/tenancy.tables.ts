import { z } from 'zod'
import { platformTable, ref, timestamp } from '../data/index.ts'

const tenants = platformTable(
  'tenants',
  {
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['personal', 'organisation']),
    status: z.enum(['active', 'suspended']).default('active'),
    created_at: timestamp().default('now'),
  },
  {
    unique: [['slug']],
    check: {
      name_check: '((length(name) >= 1) and (length(name) <= 200))',
      slug_check: "(slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)",
    },
    triggers: ['tell_changed'],
  },
)

const memberships = platformTable(
  'memberships',
  {
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    person_id: ref('people', { onDelete: 'cascade' }),
    role: z.enum(['owner', 'admin', 'member', 'custom']),
    permissions: z.array(z.string()).default([]),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
  },
  {
    key: ['tenant_id', 'person_id'],
    index: { person: '(person_id)' },
    triggers: ['count_change', 'tell_changed', 'tell_joined', 'tell_left'],
    policies: ['own_person', 'tenant'],
  },
)

/** Tenants, and who belongs to them. */
export const tenancyTables = [tenants, memberships]
