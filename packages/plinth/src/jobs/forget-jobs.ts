import type { Tx } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'

/**
 * Removes every job of a tenant, whatever its state. One that runs at the moment finds its row gone
 * when it ends, and rolls back.
 * @returns how many there were
 */
export async function forgetJobs(tx: Tx, tenant: Id<'tenant'>): Promise<number> {
  const { rowCount } = await tx.query("delete from plinth_jobs.job where data ->> 'tenant' = $1", [
    tenant,
  ])
  return rowCount
}
