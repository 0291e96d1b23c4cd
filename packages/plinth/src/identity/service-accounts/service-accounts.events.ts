import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of service accounts. */
export const serviceAccountEvents = defineEvents('service_account', {
  created: { data: { permissions: z.array(z.string()) } },
  changed: { data: { fields: z.array(z.string()), status: z.string() } },
})
