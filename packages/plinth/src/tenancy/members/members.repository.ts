import type { Db, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Membership } from '../membership/membership.ts'
import type { Asked } from '../paging.ts'
import { skippedBy } from '../paging.ts'

/** A member as an administrator of the tenant sees them. */
export interface MemberRow extends Membership {
  readonly person_id: Id<'person'>
  readonly name: string
  readonly email: string | null
  readonly created_at: string
}

const COLUMNS =
  'm.person_id, p.name, p.email, m.role, m.permissions, m.role_permissions, m.created_at'
const FROM = `from plinth.memberships m join plinth.people p on p.id = m.person_id
              where m.tenant_id = $1`

/** The members of a tenant, in the order in which the people came to the service. */
export async function listMembers(
  db: Db,
  { limit, offset, cursor, count }: Asked,
): Promise<{ readonly rows: readonly MemberRow[]; readonly total: number | null }> {
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} ${FROM} and ($2::uuid is null or m.person_id > $2)
              order by m.person_id limit $3 offset $4`,
      values: [db.tenant, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [{ text: `select count(*)::int as total ${FROM}`, values: [db.tenant] }]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly MemberRow[], total }
}

/** One member. */
export async function readMember(db: Db, person: string): Promise<MemberRow | undefined> {
  const { rows } = await db.query<MemberRow>(`select ${COLUMNS} ${FROM} and m.person_id = $2`, [
    db.tenant,
    person,
  ])
  return rows[0]
}

/**
 * Holds the tenant until the transaction ends: of all changes of its members one goes at a time, so
 * that two owners cannot take the role from each other.
 */
export async function holdMembers(tx: Tx): Promise<void> {
  await tx.query('select id from plinth.tenants where id = $1 for no key update', [tx.tenant])
}

/** Whether a person is the only owner of a tenant. */
export async function isLastOwner(tx: Tx, person: string): Promise<boolean> {
  const { rows } = await tx.query<{ person_id: string }>(
    "select person_id from plinth.memberships where tenant_id = $1 and role = 'owner' limit 2",
    [tx.tenant],
  )
  return rows.length === 1 && rows[0]?.person_id === person
}

/** Writes what a member is. */
export async function updateMember(
  tx: Tx,
  person: string,
  { role, permissions }: Membership,
): Promise<void> {
  await tx.query(
    'update plinth.memberships set role = $3, permissions = $4 where tenant_id = $1 and person_id = $2',
    [tx.tenant, person, role, permissions],
  )
}

/** Ends a membership. */
export async function deleteMember(tx: Tx, person: string): Promise<void> {
  await tx.query('delete from plinth.memberships where tenant_id = $1 and person_id = $2', [
    tx.tenant,
    person,
  ])
}
