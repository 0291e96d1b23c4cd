import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { holdMembers, mayManage, readMember } from '../../tenancy/index.ts'
import { invitationEvents } from '../invitations/invitations.events.ts'
import type { InvitationEnd } from '../invitations/invitations.repository.ts'
import { closeInvitation, holdOpen, removeInvited } from '../invitations/invitations.repository.ts'
import { voidOneTime } from '../one-time/one-time-tokens.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { Precondition } from './change-person.ts'
import { readDirectory } from './directory.repository.ts'
import type { Manager } from './manager.ts'
import { personEvents } from './people.events.ts'
import type { PersonProfile } from './person-profile.ts'

/** What became of the wish that somebody goes. */
export type Removed = { readonly code: 'removed' | 'unknown' | 'beyond' | 'own_status' }

/** Who is to go. */
export interface Removal {
  readonly by: Manager
  readonly person: string
  readonly precondition: Precondition
}

/** What removing needs. */
export interface RemoveDeps {
  readonly clock: Clock
  readonly personProfile: Pick<PersonProfile, 'remove'> | undefined
}

/**
 * Ends what a person is in a tenant: the membership with its roles and keys and what the tenant kept of
 * them, or the invitation. The person stays who they are elsewhere (D18).
 */
export async function removePerson(
  { clock, personProfile }: RemoveDeps,
  tx: Tx,
  { by, person, precondition }: Removal,
): Promise<Removed> {
  await holdMembers(tx)
  const row = await readDirectory(tx, person)
  if (row === undefined) return { code: 'unknown' }
  await precondition(tx, row)
  if (person === by.person) return { code: 'own_status' }
  const own = await readMember(tx, by.person)
  if (own === undefined || !mayManage({ ...own, within: by.grants }, row)) return { code: 'beyond' }
  await personProfile?.remove(tx, person)
  const { actor } = by
  if (row.invited)
    await withdraw(tx, { clock, actor, person: row.id as Id<'person'>, as: 'revoked' })
  else await endMembership(tx, by, person)
  return { code: 'removed' }
}

async function endMembership(tx: Tx, by: Manager, person: string): Promise<void> {
  await tx.query('delete from plinth.memberships where tenant_id = $1 and person_id = $2', [
    tx.tenant,
    person,
  ])
  const target = { type: 'person', id: person }
  await record(tx, by.actor, personEvents.removed({ outcome: 'success', target }))
}

/** An invitation that somebody ends before it is accepted. */
export interface Withdrawal {
  readonly clock: Clock
  readonly actor: Actor
  /** Whom nobody is yet. */
  readonly person: Id<'person'>
  readonly as: Exclude<InvitationEnd, 'accepted'>
}

/** Ends an invitation: its token is void, and the person whom nobody is goes. */
export async function withdraw(tx: Tx, { clock, actor, person, as }: Withdrawal): Promise<void> {
  const open = await holdOpen(tx, { person })
  await voidOneTime(tx, clock, { purpose: 'invitation', person })
  if (open !== undefined) {
    await closeInvitation(tx, open.id, { as, now: isoTime(clock.now()) })
    const target = { type: 'invitation', id: open.id }
    await record(tx, actor, invitationEvents[as]({ outcome: 'success', target }))
  }
  await removeInvited(tx, person)
  const target = { type: 'person', id: person }
  await record(tx, actor, personEvents.removed({ outcome: 'success', target }))
}
