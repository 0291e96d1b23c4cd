import { z } from 'zod'
import { record } from '../../audit/index.ts'
import type { SystemJob } from '../../jobs/index.ts'
import { systemJob } from '../../jobs/index.ts'
import type { Id } from '../../kernel/index.ts'
import { platformEvents } from '../tenancy.events.ts'
import type { EraseDeps } from './erase-tenant.ts'
import { eraseTenant } from './erase-tenant.ts'

/** Name of the job that removes what a deleted tenant left. */
export const ERASE_JOB = 'tenancy.erase'

/** Removes what a deleted tenant left, and notes for the platform how many rows that were. */
export function eraseTenantJob(deps: EraseDeps): SystemJob {
  return systemJob(ERASE_JOB, {
    input: { tenant: z.uuid() },
    retries: 10,
    timeoutSeconds: 3_600,
    handle: async ({ input, actor }) => {
      const rows = await eraseTenant(deps, input.tenant as Id<'tenant'>)
      const target = { type: 'tenant', id: input.tenant }
      const event = platformEvents.tenant_erased({ outcome: 'success', target, data: { rows } })
      await deps.database.platform.transaction((tx) => record(tx, actor, event))
    },
  })
}
