import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Db, PlatformTx, Tx } from '../../data/index.ts'
import { PLATFORM_TENANT } from '../../jobs/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { holdMembers, readMember } from '../members/members.repository.ts'
import { platformEvents, tenancyEvents } from '../tenancy.events.ts'
import { readTenant } from '../tenants/tenants.repository.ts'
import { ERASE_JOB } from './erase-tenant.job.ts'

/** What deleting needs. */
export interface DeleteDeps {
  readonly clock: Clock
}

/** Who deletes. */
export interface Deleter {
  readonly person: Id<'person'>
  readonly actor: Actor
}

/** What became of a wish to delete. */
export type Deleted =
  | { readonly code: 'deleted' }
  | { readonly code: 'not_owner' }
  | { readonly code: 'personal' }

/**
 * Longer than any request that began before it may take, so that nothing is written after the rows
 * were erased.
 */
const ERASE_AFTER_SECONDS = 60

/** Deletes a tenant for one of its owners. */
export async function deleteOwnTenant(
  { clock }: DeleteDeps,
  db: Db,
  { person, actor }: Deleter,
): Promise<Deleted> {
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    // What they are now: a role may have been taken since the request began.
    if ((await readMember(tx, person))?.role !== 'owner') return { code: 'not_owner' }
    if ((await readTenant(tx, tx.tenant))?.kind === 'personal') return { code: 'personal' }
    const target = { type: 'tenant', id: tx.tenant }
    await record(tx, actor, tenancyEvents.deleted({ outcome: 'success', target }))
    await shut(tx, clock, actor)
    return { code: 'deleted' }
  })
}

/**
 * Deletes a tenant for an administrator of the platform; false when there is none of the id.
 * The row of it lies in the platform's audit log.
 */
export async function deleteAnyTenant(
  { clock }: DeleteDeps,
  tx: PlatformTx,
  { tenant, actor }: { readonly tenant: Id<'tenant'>; readonly actor: Actor },
): Promise<boolean> {
  const found = await readTenant(tx, tenant)
  if (found === undefined) return false
  await tx.inTenant(tenant, (inside) => shut(inside, clock, actor))
  const target = { type: 'tenant', id: tenant }
  const event = platformEvents.tenant_deleted({ outcome: 'success', target })
  await record(tx, actor, event)
  return true
}

const SHUT = `
  update plinth.tenants set status = 'deleted', deleted_at = $2, name = 'Deleted', slug = $3
   where id = $1 and status <> 'deleted'`

/**
 * Shuts a tenant for good, in one statement however large it is: whoever belongs to it finds it gone, its
 * short name is free, and what is left is a tombstone that keeps its id. The rows go later.
 */
async function shut(tx: Tx, clock: Clock, actor: Actor): Promise<void> {
  const { tenant } = tx
  const now = new Date(clock.now()).toISOString()
  await tx.query(SHUT, [tenant, now, `deleted-${tenant.replaceAll('-', '')}`])
  const data = { tenant: PLATFORM_TENANT, input: { tenant } }
  await tx.outbox.enqueue(tx, {
    name: ERASE_JOB,
    data,
    afterSeconds: ERASE_AFTER_SECONDS,
    actor,
  })
}
