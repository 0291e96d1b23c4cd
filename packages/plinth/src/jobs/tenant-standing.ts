import type { Queryable } from '../data/index.ts'
import type { Id } from '../kernel/index.ts'

/**
 * A job was written when its tenant was in good standing; it is run when that is still so.
 * @throws Error that names the standing; the job is then retried, and dead in the end
 */
export async function refuseUnlessActive(db: Queryable, tenant: Id<'tenant'>): Promise<void> {
  const status = await standingOf(db, tenant)
  if (status !== 'active') throw new Error(`The tenant of this job is ${status}.`)
}

/**
 * What a deleted tenant left is erased a minute later. A job that went on for as long writes nothing behind
 * that.
 * @throws Error when the tenant was deleted meanwhile
 */
export async function refuseOnceDeleted(db: Queryable, tenant: Id<'tenant'>): Promise<void> {
  if ((await standingOf(db, tenant)) === 'deleted') {
    throw new Error('The tenant of this job was deleted while it ran.')
  }
}

async function standingOf(db: Queryable, tenant: Id<'tenant'>): Promise<string> {
  const { rows } = await db.query<{ status: string }>(
    'SELECT status FROM plinth.tenants WHERE id = $1',
    [tenant],
  )
  return rows[0]?.status ?? 'unknown'
}
