import { record } from '../../audit/index.ts'
import type { Db } from '../../data/index.ts'
import { holdMembers } from '../members/members.repository.ts'
import { heldGrants, reachOf } from '../membership/held-grants.ts'
import type { RoleManager, RoleRow } from './role.ts'
import { coversAll } from './role.ts'
import { roleEvents } from './roles.events.ts'
import { deleteMemberRole, insertMemberRole, readRole } from './roles.repository.ts'
import type { RolesDeps } from './roles-deps.ts'

/** What became of the roles of a person. */
export type PersonRoleChange =
  | { readonly code: 'changed' }
  /** It was so already. */
  | { readonly code: 'same' }
  | { readonly code: 'unknown' }
  | { readonly code: 'no_member' }
  | { readonly code: 'beyond' }

/**
 * Gives a role to a member or takes it from them. Whoever does must hold all that the role gives, and
 * all that the member holds: nobody hands out more than they have, or touches who is above them.
 */
export async function changePersonRole(
  deps: Pick<RolesDeps, 'memberPermissions'>,
  db: Db,
  change: {
    readonly by: RoleManager
    readonly person: string
    readonly role: string
    readonly to: 'given' | 'taken'
  },
): Promise<PersonRoleChange> {
  const { by, person, to } = change
  return db.transaction(async (tx) => {
    await holdMembers(tx)
    const held = await heldGrants(tx, person)
    if (held === undefined) return { code: 'no_member' }
    const role = await readRole(tx, change.role)
    if (role === undefined) return { code: 'unknown' }
    const reach = await reachOf(tx, by, deps.memberPermissions)
    if (!coversAll(reach, [...held, ...role.permissions])) return { code: 'beyond' }
    const write = to === 'given' ? insertMemberRole : deleteMemberRole
    if (!(await write(tx, person, role.id))) return { code: 'same' }
    await record(tx, by.actor, roleEvents[to](eventOf(person, role)))
    return { code: 'changed' }
  })
}

function eventOf(person: string, { id, name }: RoleRow) {
  const target = { type: 'person', id: person }
  return { outcome: 'success', target, data: { role: name, role_id: id } } as const
}
