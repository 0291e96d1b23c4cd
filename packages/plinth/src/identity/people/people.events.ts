import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** What the audit log keeps of people. It names fields, never what stands in them. */
export const personEvents = defineEvents('person', {
  created: { data: { role: z.string() } },
  updated: { data: { fields: z.array(z.string()) } },
  activated: {},
  deactivated: { data: { status: z.string(), sessions: z.int() } },
  removed: {},
  exported: { data: { by: z.enum(['self', 'platform']) } },
  /** Of all people, by whoever runs the service. */
  hashes_exported: {},
  erased: {
    reasons: ['owns_tenants', 'platform_administrator'],
    data: { by: z.enum(['self', 'platform']), rows: z.int() },
  },
  forgotten: { data: { rows: z.int() } },
  imported: { data: { source: z.string() } },
})
