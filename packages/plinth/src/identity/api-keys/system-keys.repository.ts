import type { PlatformTx, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'

/** Finds a tenant that is open, by id or short name. */
export async function findTenant(tx: PlatformTx, named: string): Promise<Id<'tenant'> | undefined> {
  const { rows } = await tx.query<{ id: Id<'tenant'> }>(
    `select id from plinth.tenants where status = 'active' and ${isId(named) ? 'id = $1' : 'slug = $1'}`,
    [named],
  )
  return rows[0]?.id
}

/** The tenant of a key, wherever it is. */
export async function tenantOfKey(tx: PlatformTx, id: string): Promise<Id<'tenant'> | undefined> {
  const { rows } = await tx.query<{ tenant: Id<'tenant'> }>(
    'select tenant_id as tenant from plinth.api_keys where id = $1',
    [id],
  )
  return rows[0]?.tenant
}

/** A member who may own keys. */
export interface MemberOwner {
  readonly id: Id<'person'>
  readonly grants: readonly string[]
}

/**
 * Finds members by id, by verified address, or, for service accounts, by name. More than one is for
 * the caller to refuse: an address or a name makes nobody unique.
 */
export async function findOwners(tx: Tx, named: string): Promise<readonly MemberOwner[]> {
  const rule = isId(named)
    ? 'p.id = $2'
    : "((p.email_verified and lower(p.email) = lower($2)) or (p.kind = 'service' and p.name = $2))"
  const { rows } = await tx.query<MemberOwner>(
    `select p.id, m.grants from plinth.people p join plinth.memberships m on m.person_id = p.id
      where m.tenant_id = $1 and m.status = 'active' and m.invited_email is null
        and p.status = 'active' and ${rule} limit 2`,
    [tx.tenant, named],
  )
  return rows
}
