import type { Queryable } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'

/**
 * A job was written when its tenant was in good standing; it is run when that is still so.
 * @throws Error that names the standing; the job is then retried, and dead in the end
 */
export async function refuseUnlessActive(db: Queryable, tenant: Id<'tenant'>): Promise<void> {
  const { rows } = await db.query<{ status: string }>(
    'SELECT status FROM plinth.tenants WHERE id = $1',
    [tenant],
  )
  const status = rows[0]?.status ?? 'unknown'
  if (status !== 'active') throw new Error(`The tenant of this job is ${status}.`)
}
