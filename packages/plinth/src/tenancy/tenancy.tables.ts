import { z } from 'zod'
import { jsonObject, platformTable, ref, timestamp } from '../data/index.ts'
import { roleTables } from './roles/roles.tables.ts'

const tenants = platformTable(
  'tenants',
  () => ({
    id: z.uuid(),
    slug: z.string(),
    name: z.string(),
    kind: z.enum(['personal', 'organisation', 'service']),
    status: z.enum(['active', 'suspended', 'deleted']).default('active'),
    created_at: timestamp().default('now'),
    deleted_at: timestamp().nullable(),
  }),
  {
    unique: [['slug']],
    check: {
      name_check: '((length(name) >= 1) and (length(name) <= 200))',
      slug_check: "(slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)",
      slug_plain:
        "((slug !~ '^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$'::text) and (slug !~ '^..--'::text))",
    },
    triggers: ['seed_roles', 'tell_changed'],
  },
)

const memberships = platformTable(
  'memberships',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    person_id: ref('people', { onDelete: 'cascade' }),
    role: z.enum(['owner', 'admin', 'member', 'custom']),
    permissions: z.array(z.string()).default([]),
    role_permissions: z.array(z.string()).default([]),
    grants: z.array(z.string()).default([]),
    status: z.enum(['active', 'inactive', 'archived']).default('active'),
    invited_email: z.string().nullable(),
    notes: z.string().nullable(),
    metadata: jsonObject().default({}),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
  }),
  {
    key: ['tenant_id', 'person_id'],
    index: {
      person: '(person_id)',
      invited_email: 'unique (tenant_id, lower(invited_email)) where (invited_email is not null)',
    },
    check: {
      owner_works:
        "((role <> 'owner'::text) or ((status = 'active'::text) and (invited_email is null)))",
    },
    triggers: [
      'administered_after_change',
      'administered_after_end',
      'count_change',
      'hold_grants',
      'revoke_keys',
      'tell_changed',
      'tell_joined',
      'tell_left',
    ],
    policies: ['own_person', 'tenant'],
  },
)

const tenantSettings = platformTable(
  'tenant_settings',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    value: jsonObject().default({}),
    version: z.int32().default(1),
    updated_at: timestamp().default('now'),
  }),
  { key: ['tenant_id'], triggers: ['touch'], policies: ['tenant'] },
)

const platformRoles = platformTable(
  'platform_roles',
  () => ({
    person_id: ref('people', { onDelete: 'cascade' }),
    permissions: z.array(z.string()),
    granted_at: timestamp().default('now'),
  }),
  {
    key: ['person_id'],
    check: { permissions_check: '(cardinality(permissions) > 0)' },
    triggers: ['sign_in_anew'],
  },
)

/** Tenants, who belongs to them, and who looks after all of them. */
export const tenancyTables = [tenants, memberships, tenantSettings, platformRoles, ...roleTables]
