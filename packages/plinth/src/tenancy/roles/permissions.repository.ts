import type { Db, Tx } from '../../data/index.ts'

/** A permission that a tenant added. */
export interface AddedPermission {
  readonly key: string
  readonly description: string
  readonly is_active: boolean
  readonly version: number
}

const COLUMNS = 'key, description, is_active, version'

/** All that a tenant added, in the order of the keys. */
export async function addedPermissions(db: Db): Promise<readonly AddedPermission[]> {
  const text = `select ${COLUMNS} from plinth.permissions where tenant_id = $1 order by key collate "C"`
  return (await db.query<AddedPermission>(text, [db.tenant])).rows
}

/** One of them. */
export async function addedPermission(db: Db, key: string): Promise<AddedPermission | undefined> {
  const text = `select ${COLUMNS} from plinth.permissions where tenant_id = $1 and key = $2`
  return (await db.query<AddedPermission>(text, [db.tenant, key])).rows[0]
}

/** What clients set of one. */
export type PermissionFields = Pick<AddedPermission, 'description' | 'is_active'>

/** Adds one; false when it is there. */
export async function insertPermission(
  tx: Tx,
  key: string,
  { description, is_active }: PermissionFields,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.permissions (tenant_id, key, description, is_active) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [tx.tenant, key, description, is_active],
  )
  return rowCount > 0
}

/** Changes one; false when it is not there. */
export async function updatePermission(
  tx: Tx,
  key: string,
  { description, is_active }: PermissionFields,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.permissions set description = $3, is_active = $4
      where tenant_id = $1 and key = $2`,
    [tx.tenant, key, description, is_active],
  )
  return rowCount > 0
}

/** Whether a role gives it by its name. */
export async function isGiven(tx: Tx, key: string): Promise<boolean> {
  const { rows } = await tx.query(
    'select from plinth.role_permissions where tenant_id = $1 and permission = $2 limit 1',
    [tx.tenant, key],
  )
  return rows.length > 0
}

/** Removes one; false when it is not there. */
export async function deletePermission(tx: Tx, key: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    'delete from plinth.permissions where tenant_id = $1 and key = $2',
    [tx.tenant, key],
  )
  return rowCount > 0
}
