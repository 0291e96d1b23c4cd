import { record } from '../../audit/index.ts'
import type { Db, Tx, VersionDemand } from '../../data/index.ts'
import { entityProblems, meetsDemand } from '../../data/index.ts'
import { newId } from '../../kernel/index.ts'
import { holdMembers } from '../members/members.repository.ts'
import { reachOf } from '../membership/held-grants.ts'
import { requireGrantable } from './grantable.ts'
import type { RoleManager, RoleRefusal, RoleRow } from './role.ts'
import { coversAll } from './role.ts'
import { roleEvents } from './roles.events.ts'
import type { RoleFields } from './roles.repository.ts'
import {
  deleteRole,
  grantToRole,
  insertRole,
  peopleWithRole,
  readRole,
  updateRole,
  withdrawFromRole,
} from './roles.repository.ts'
import type { RolesDeps } from './roles-deps.ts'

/** What a role shall be. */
export type WantedRole = RoleFields & Pick<RoleRow, 'permissions'>

/** What became of a role, and whose rights that changed. */
export type RoleChange =
  | { readonly code: 'changed'; readonly role: RoleRow; readonly people: readonly string[] }
  | { readonly code: 'taken' }
  | RoleRefusal

/** Makes a role. */
export async function createRole(
  deps: RolesDeps,
  db: Db,
  { by, wanted }: { readonly by: RoleManager; readonly wanted: WantedRole },
): Promise<RoleChange> {
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    const refusal = await grantingRefused(deps, tx, { by, grants: wanted.permissions, path: BODY })
    if (refusal !== undefined) return refusal
    const id = newId<'role'>(deps.clock)
    if (!(await insertRole(tx, id, wanted))) return { code: 'taken' }
    await grantToRole(tx, id, wanted.permissions)
    const data = { name: wanted.name, permissions: [...wanted.permissions] }
    await record(tx, by.actor, roleEvents.created({ outcome: 'success', target: roleOf(id), data }))
    return changed(tx, id)
  })
}

/** A change of a role that is there. */
export interface RoleUpdate {
  readonly by: RoleManager
  readonly id: string
  /** The version that it must still have. */
  readonly version: VersionDemand | undefined
  /** What stays out stays as it is. */
  readonly wanted: Partial<WantedRole>
}

/** Changes a role; everybody who has it holds what it gives from this moment. */
export async function changeRole(
  deps: RolesDeps,
  db: Db,
  { by, id, version, wanted }: RoleUpdate,
): Promise<RoleChange> {
  return db.transaction(async (tx) => {
    const found = await changeable(deps, tx, { by, id, version })
    if (found.code !== 'found') return found
    const { role } = found
    const next = { ...role, ...wanted }
    const more = next.permissions.filter((grant) => !role.permissions.includes(grant))
    const refusal = await grantingRefused(deps, tx, { by, grants: more, path: BODY })
    if (refusal !== undefined) return refusal
    await updateRole(tx, id, next)
    const less = role.permissions.filter((grant) => !next.permissions.includes(grant))
    await withdrawFromRole(tx, id, less)
    await grantToRole(tx, id, more)
    const data = { fields: Object.keys(wanted) }
    await record(tx, by.actor, roleEvents.changed({ outcome: 'success', target: roleOf(id), data }))
    return changed(tx, id)
  })
}

/** Deletes a role: nobody has it any more. */
export async function removeRole(
  deps: RolesDeps,
  db: Db,
  { by, id, version }: Omit<RoleUpdate, 'wanted'>,
): Promise<RoleChange> {
  return db.transaction(async (tx) => {
    const found = await changeable(deps, tx, { by, id, version })
    if (found.code !== 'found') return found
    const { role } = found
    const people = await peopleWithRole(tx, id)
    await deleteRole(tx, id)
    const data = { name: role.name }
    await record(tx, by.actor, roleEvents.deleted({ outcome: 'success', target: roleOf(id), data }))
    return { code: 'changed', role, people }
  })
}

/** One permission more or less of a role; undefined when it was so already. */
export async function changeGrant(
  deps: RolesDeps,
  db: Db,
  change: {
    readonly by: RoleManager
    readonly id: string
    readonly grant: string
    readonly to: 'granted' | 'withdrawn'
  },
): Promise<RoleChange | undefined> {
  const { by, id, grant, to } = change
  return db.transaction(async (tx) => {
    const found = await changeable(deps, tx, { by, id, version: undefined })
    if (found.code !== 'found') return found
    const granting = { by, grants: [grant], path: 'params/key' }
    const refusal = to === 'granted' ? await grantingRefused(deps, tx, granting) : undefined
    if (refusal !== undefined) return refusal
    const write = to === 'granted' ? grantToRole : withdrawFromRole
    if ((await write(tx, id, granting.grants)) === 0) return undefined
    const event = { outcome: 'success', target: roleOf(id), data: { permission: grant } } as const
    await record(tx, by.actor, roleEvents[`permission_${to}`](event))
    return changed(tx, id)
  })
}

type Found = { readonly code: 'found'; readonly role: RoleRow } | RoleRefusal

/**
 * A role that somebody may change: their own, and not above them.
 * @throws AppError entity.stale when it is of another version than demanded
 */
async function changeable(
  deps: RolesDeps,
  tx: Tx,
  { by, id, version }: Omit<RoleUpdate, 'wanted'>,
): Promise<Found> {
  await holdMembers(tx)
  const role = await readRole(tx, id)
  if (role === undefined) return { code: 'unknown' }
  if (!meetsDemand(role.version, version)) throw entityProblems.stale()
  if (role.built_in) return { code: 'built_in' }
  const reach = await reachOf(tx, by, deps.memberPermissions)
  return coversAll(reach, role.permissions) ? { code: 'found', role } : { code: 'beyond' }
}

const BODY = 'body/permissions'

interface Granting {
  readonly by: RoleManager
  readonly grants: readonly string[]
  /** The field that they came in. */
  readonly path: string
}

/** @throws AppError permission.unknown */
async function grantingRefused(
  deps: RolesDeps,
  tx: Tx,
  { by, ...asked }: Granting,
): Promise<RoleRefusal | undefined> {
  await requireGrantable(tx, deps, asked)
  const reach = await reachOf(tx, by, deps.memberPermissions)
  return coversAll(reach, asked.grants) ? undefined : { code: 'beyond' }
}

async function changed(tx: Tx, id: string): Promise<RoleChange> {
  const role = await readRole(tx, id)
  if (role === undefined) return { code: 'unknown' }
  return { code: 'changed', role, people: await peopleWithRole(tx, id) }
}

/** A role as the target of an event. */
function roleOf(id: string) {
  return { type: 'role', id }
}
