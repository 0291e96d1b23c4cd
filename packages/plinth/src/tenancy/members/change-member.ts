import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Db, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Membership } from '../membership/membership.ts'
import { tenancyEvents } from '../tenancy.events.ts'
import type { Managing } from './may-manage.ts'
import { mayManage } from './may-manage.ts'
import type { MemberRow } from './members.repository.ts'
import {
  deleteMember,
  holdMembers,
  isLastOwner,
  readMember,
  updateMember,
} from './members.repository.ts'

/** Who changes members of a tenant. */
export interface Manager {
  readonly person: Id<'person'>
  readonly actor: Actor
  /** What the credential of the request holds in the tenant. */
  readonly grants: readonly string[]
}

/** What became of a change of a member. */
export type MemberChange =
  | { readonly code: 'changed'; readonly member: MemberRow }
  | { readonly code: 'unknown' }
  | { readonly code: 'beyond' }
  | { readonly code: 'last_owner' }

/** Refuses grants that nobody can be given. @throws AppError permission.unknown */
export type Grantable = (tx: Tx, grants: readonly string[]) => Promise<void>

/**
 * Changes what a member is; fields left out stay.
 * @throws AppError permission.unknown
 */
export async function changeMember(
  db: Db,
  by: Manager,
  {
    person,
    grantable,
    ...wanted
  }: Partial<Membership> & { readonly person: string; readonly grantable: Grantable },
): Promise<MemberChange> {
  return db.transaction(async (tx) => {
    const found = await manageable(tx, by, person)
    if (found.code !== 'changed') return found
    const next = { ...found.member, ...wanted }
    if (!mayManage(found.own, found.member, next)) return { code: 'beyond' }
    const more = next.permissions.filter((grant) => !found.member.permissions.includes(grant))
    await grantable(tx, more)
    if (next.role !== 'owner' && (await isLastOwner(tx, person))) return { code: 'last_owner' }
    await updateMember(tx, person, next)
    const { role, permissions } = next
    const target = { type: 'person', id: person }
    const data = { role, permissions: [...permissions] }
    await record(tx, by.actor, tenancyEvents.member_changed({ outcome: 'success', target, data }))
    return { code: 'changed', member: next }
  })
}

/** Ends the membership of somebody else. */
export async function removeMember(db: Db, by: Manager, person: string): Promise<MemberChange> {
  return db.transaction(async (tx) => {
    const found = await manageable(tx, by, person)
    if (found.code !== 'changed') return found
    if (!mayManage(found.own, found.member)) return { code: 'beyond' }
    return end(tx, by, { member: found.member, event: 'member_removed' })
  })
}

/** Ends one's own membership: no right is needed for that. */
export async function leaveTenant(db: Db, by: Manager): Promise<MemberChange> {
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    const member = await readMember(tx, by.person)
    if (member === undefined) return { code: 'unknown' }
    return end(tx, by, { member, event: 'member_left' })
  })
}

async function end(
  tx: Tx,
  by: Manager,
  {
    member,
    event,
  }: { readonly member: MemberRow; readonly event: 'member_removed' | 'member_left' },
): Promise<MemberChange> {
  if (await isLastOwner(tx, member.person_id)) return { code: 'last_owner' }
  await deleteMember(tx, member.person_id)
  const target = { type: 'person', id: member.person_id }
  await record(tx, by.actor, tenancyEvents[event]({ outcome: 'success', target }))
  return { code: 'changed', member }
}

type Found =
  | { readonly code: 'changed'; readonly own: Managing; readonly member: MemberRow }
  | { readonly code: 'unknown' }
  | { readonly code: 'beyond' }

/** The member, and what the one who asks is at this very moment, not when the request began. */
async function manageable(tx: Tx, by: Manager, person: string): Promise<Found> {
  await holdMembers(tx)
  const member = await readMember(tx, person)
  if (member === undefined) return { code: 'unknown' }
  const own = await readMember(tx, by.person)
  if (own === undefined) return { code: 'beyond' }
  return { code: 'changed', own: { ...own, within: by.grants }, member }
}
