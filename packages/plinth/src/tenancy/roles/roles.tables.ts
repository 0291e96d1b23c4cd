import { z } from 'zod'
import { platformTable, ref, timestamp } from '../../data/index.ts'

const permissions = platformTable(
  'permissions',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    key: z.string(),
    description: z.string(),
    is_active: z.boolean().default(true),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
    updated_at: timestamp().default('now'),
  }),
  {
    key: ['tenant_id', 'key'],
    check: {
      key_check:
        "((key ~ '^[a-z][a-z0-9_-]{0,62}:[a-z][a-z0-9_-]{0,62}$'::text) and (key !~ '^platform:'::text))",
    },
    triggers: ['follow_changed', 'follow_given', 'follow_taken', 'touch'],
    policies: ['tenant'],
  },
)

const roles = platformTable(
  'roles',
  () => ({
    id: z.uuid(),
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    name: z.string(),
    description: z.string().default(''),
    built_in: z.boolean().default(false),
    is_active: z.boolean().default(true),
    version: z.int32().default(1),
    created_at: timestamp().default('now'),
    updated_at: timestamp().default('now'),
  }),
  {
    key: ['tenant_id', 'id'],
    index: { name: 'unique (tenant_id, lower(name))' },
    triggers: ['follow_changed', 'touch'],
    policies: ['tenant'],
  },
)

const OF_ROLE = '(tenant_id, role_id) references plinth.roles(tenant_id, id) on delete cascade'

const rolePermissions = platformTable(
  'role_permissions',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    role_id: z.uuid(),
    permission: z.string(),
    created_at: timestamp().default('now'),
  }),
  {
    key: ['tenant_id', 'role_id', 'permission'],
    foreign: { tenant_id_role_id: OF_ROLE },
    check: {
      permission_check:
        "((permission ~ '^(\\*|[a-z][a-z0-9_-]{0,62}:(\\*|[a-z][a-z0-9_-]{0,62}))$'::text) and (permission !~ '^platform:'::text))",
    },
    triggers: ['follow_given', 'follow_taken'],
    policies: ['tenant'],
  },
)

const memberRoles = platformTable(
  'member_roles',
  () => ({
    tenant_id: ref('tenants', { onDelete: 'cascade' }),
    person_id: z.uuid(),
    role_id: z.uuid(),
    created_at: timestamp().default('now'),
  }),
  {
    key: ['tenant_id', 'person_id', 'role_id'],
    index: { role: '(tenant_id, role_id)' },
    foreign: {
      tenant_id_person_id:
        '(tenant_id, person_id) references plinth.memberships(tenant_id, person_id) on delete cascade',
      tenant_id_role_id: OF_ROLE,
    },
    triggers: ['follow_given', 'follow_taken'],
    policies: ['tenant'],
  },
)

/** What members of a tenant may do through roles. */
export const roleTables = [permissions, roles, rolePermissions, memberRoles]
