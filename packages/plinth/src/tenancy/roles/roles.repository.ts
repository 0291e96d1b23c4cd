import type { Db, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Asked } from '../paging.ts'
import { skippedBy } from '../paging.ts'
import type { RoleRow } from './role.ts'

const SELECT = `
  select r.id, r.name, r.description, r.built_in, r.is_active, r.version, r.created_at, r.updated_at,
         array(select p.permission from plinth.role_permissions p
                where p.tenant_id = r.tenant_id and p.role_id = r.id order by 1) as permissions
    from plinth.roles r
   where r.tenant_id = $1`

/** The roles of a tenant, in the order of their ids, one more than the limit. */
export async function listRoles(
  db: Db,
  { limit, offset, cursor, count }: Asked,
): Promise<{ readonly rows: readonly RoleRow[]; readonly total: number | null }> {
  const [found, counted] = await db.batch([
    {
      text: `${SELECT} and ($2::uuid is null or r.id > $2) order by r.id limit $3 offset $4`,
      values: [db.tenant, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [
          {
            text: 'select count(*)::int as total from plinth.roles where tenant_id = $1',
            values: [db.tenant],
          },
        ]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly RoleRow[], total }
}

/** One role. */
export async function readRole(db: Db, id: string): Promise<RoleRow | undefined> {
  return (await db.query<RoleRow>(`${SELECT} and r.id = $2`, [db.tenant, id])).rows[0]
}

/** The roles that a person has, in the order of their names. */
export async function rolesOfPerson(db: Db, person: string): Promise<readonly RoleRow[]> {
  const text = `${SELECT} and r.id in (select mr.role_id from plinth.member_roles mr
                                        where mr.tenant_id = $1 and mr.person_id = $2)
                 order by lower(r.name)`
  return (await db.query<RoleRow>(text, [db.tenant, person])).rows
}

/** The people who have a role. */
export async function peopleWithRole(db: Db, role: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ person_id: string }>(
    'select person_id from plinth.member_roles where tenant_id = $1 and role_id = $2',
    [db.tenant, role],
  )
  return rows.map(({ person_id: person }) => person)
}

/** What clients set of a role. */
export type RoleFields = Pick<RoleRow, 'name' | 'description' | 'is_active'>

/**
 * Writes a new role.
 * @returns false when there is one of that name
 */
export async function insertRole(
  tx: Tx,
  id: Id<'role'>,
  { name, description, is_active }: RoleFields,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.roles (id, tenant_id, name, description, is_active) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, lower(name)) do nothing`,
    [id, tx.tenant, name, description, is_active],
  )
  return rowCount > 0
}

/**
 * Changes a role.
 * @throws AppError data.taken when there is another of that name
 */
export async function updateRole(tx: Tx, id: string, fields: RoleFields): Promise<void> {
  await tx.query(
    `update plinth.roles set name = $3, description = $4, is_active = $5
      where tenant_id = $1 and id = $2`,
    [tx.tenant, id, fields.name, fields.description, fields.is_active],
  )
}

/** Removes a role: whoever had it has it no longer. */
export async function deleteRole(tx: Tx, id: string): Promise<void> {
  await tx.query('delete from plinth.roles where tenant_id = $1 and id = $2', [tx.tenant, id])
}

/** Lets a role give more. What it gives already stays. */
export async function grantToRole(tx: Tx, id: string, grants: readonly string[]): Promise<number> {
  const { rowCount } = await tx.query(
    `insert into plinth.role_permissions (tenant_id, role_id, permission)
     select $1, $2, unnest($3::text[]) on conflict do nothing`,
    [tx.tenant, id, grants],
  )
  if (rowCount > 0) await touch(tx, id)
  return rowCount
}

/** Lets a role give less. */
export async function withdrawFromRole(
  tx: Tx,
  id: string,
  grants: readonly string[],
): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from plinth.role_permissions
      where tenant_id = $1 and role_id = $2 and permission = any ($3::text[])`,
    [tx.tenant, id, grants],
  )
  if (rowCount > 0) await touch(tx, id)
  return rowCount
}

/** What a role gives is part of it: its version and time of change move. */
async function touch(tx: Tx, id: string): Promise<void> {
  await tx.query('update plinth.roles set updated_at = now() where tenant_id = $1 and id = $2', [
    tx.tenant,
    id,
  ])
}

/** Gives a role to a member; false when they have it. */
export async function insertMemberRole(tx: Tx, person: string, role: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.member_roles (tenant_id, person_id, role_id) values ($1, $2, $3)
     on conflict do nothing`,
    [tx.tenant, person, role],
  )
  return rowCount > 0
}

/** Takes a role from a member; false when they do not have it. */
export async function deleteMemberRole(tx: Tx, person: string, role: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'delete from plinth.member_roles where tenant_id = $1 and person_id = $2 and role_id = $3',
    [tx.tenant, person, role],
  )
  return rowCount > 0
}
