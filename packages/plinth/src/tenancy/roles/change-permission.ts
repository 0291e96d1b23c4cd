import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Db } from '../../data/index.ts'
import { holdMembers } from '../members/members.repository.ts'
import type { PermissionCatalogue } from './permission-catalogue.ts'
import type { AddedPermission, PermissionFields } from './permissions.repository.ts'
import {
  addedPermission,
  deletePermission,
  insertPermission,
  isGiven,
  updatePermission,
} from './permissions.repository.ts'
import { permissionEvents } from './roles.events.ts'

/** What became of a permission. */
export type PermissionChange =
  | { readonly code: 'changed'; readonly permission: AddedPermission }
  | { readonly code: 'declared' }
  | { readonly code: 'taken' }
  | { readonly code: 'unknown' }
  | { readonly code: 'in_use' }

/** Whether the service itself speaks of the area of a key: such an area is no tenant's to add to. */
export function isDeclared({ declares }: PermissionCatalogue, key: string): boolean {
  return declares(`${key.slice(0, key.indexOf(':'))}:*`)
}

interface Wanted extends PermissionFields {
  readonly key: string
}

/** Adds a permission that roles of the tenant may give; only programs of the tenant's own ask for it. */
export async function addPermission(
  db: Db,
  actor: Actor,
  { key, ...fields }: Wanted,
): Promise<PermissionChange> {
  return db.transaction(async (tx) => {
    if (!(await insertPermission(tx, key, fields))) return { code: 'taken' }
    await record(tx, actor, permissionEvents.created({ outcome: 'success', target: of(key) }))
    return { code: 'changed', permission: { key, ...fields, version: 1 } }
  })
}

/** Changes what a permission is for, and whether it counts. */
export async function changePermission(
  db: Db,
  actor: Actor,
  { key, ...wanted }: Partial<Wanted> & Pick<Wanted, 'key'>,
): Promise<PermissionChange> {
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    const found = await addedPermission(tx, key)
    if (found === undefined) return { code: 'unknown' }
    const permission = { ...found, ...wanted }
    await updatePermission(tx, key, permission)
    const data = { fields: Object.keys(wanted) }
    const event = { outcome: 'success', target: of(key), data } as const
    await record(tx, actor, permissionEvents.changed(event))
    return { code: 'changed', permission }
  })
}

/** Removes a permission that no role gives. */
export async function removePermission(
  db: Db,
  actor: Actor,
  key: string,
): Promise<PermissionChange> {
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    const permission = await addedPermission(tx, key)
    if (permission === undefined) return { code: 'unknown' }
    if (await isGiven(tx, key)) return { code: 'in_use' }
    await deletePermission(tx, key)
    await record(tx, actor, permissionEvents.deleted({ outcome: 'success', target: of(key) }))
    return { code: 'changed', permission }
  })
}

/** A permission as the target of an event. */
function of(key: string) {
  return { type: 'permission', id: key }
}
