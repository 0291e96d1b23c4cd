import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log of a tenant keeps of its roles. */
export const roleEvents = defineEvents('role', {
  created: { data: { name: z.string(), permissions: z.array(z.string()) } },
  changed: { data: { fields: z.array(z.string()) } },
  deleted: { data: { name: z.string() } },
  permission_granted: { data: { permission: z.string() } },
  permission_withdrawn: { data: { permission: z.string() } },
  given: { data: { role: z.string(), role_id: z.string() } },
  taken: { data: { role: z.string(), role_id: z.string() } },
})

/** What it keeps of the permissions that the tenant added. */
export const permissionEvents = defineEvents('permission', {
  created: {},
  changed: { data: { fields: z.array(z.string()) } },
  deleted: {},
})
