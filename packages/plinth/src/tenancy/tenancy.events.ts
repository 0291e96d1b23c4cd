import { z } from 'zod'
import { defineEvents } from '../audit/index.ts'

/** What the audit log of a tenant keeps of the tenant itself. */
export const tenancyEvents = defineEvents('tenant', {
  created: {},
  /** A session began to work in the tenant. */
  entered: {},
  updated: { data: { fields: z.array(z.string()) } },
  settings_changed: { data: { fields: z.array(z.string()) } },
  member_changed: { data: { role: z.string(), permissions: z.array(z.string()) } },
  member_removed: {},
  member_left: {},
  exported: { data: { personal: z.boolean() } },
  deleted: {},
})

/** What the audit log of the platform keeps: no tenant reads it. */
export const platformEvents = defineEvents('platform', {
  tenant_suspended: {},
  tenant_resumed: {},
  tenant_deleted: {},
  tenant_erased: { data: { rows: z.int() } },
  role_granted: { data: { permissions: z.array(z.string()) } },
  role_revoked: {},
})
