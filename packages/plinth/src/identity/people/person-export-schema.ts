import { z } from 'zod'

const rows = z.record(z.string(), z.array(z.record(z.string(), z.json())))

/** An export of a person as it is sent. */
export const shownExport = z.object({
  format: z.literal('plinth-person-1'),
  exported_at: z.string(),
  person_id: z.uuid(),
  tables: rows.describe('Rows of the platform by table'),
  tenants: z
    .array(z.object({ tenant_id: z.uuid(), tables: rows }))
    .describe('Rows in each tenant of the person, by table'),
})
