import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { holdMembers, mayManage, readMember } from '../../tenancy/index.ts'
import { isKnownHere, writeMemberNotes } from '../people/directory.repository.ts'
import { insertNobody, joinInvited } from '../people/nobody.repository.ts'
import { peopleProblems } from '../people/people.errors.ts'
import { personEvents } from '../people/people.events.ts'
import type { ProfileChange } from '../people/person-fields.ts'
import { changeProfile, fullName } from '../people/profile.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { invitationProblems } from './invitations.errors.ts'
import { invitationEvents } from './invitations.events.ts'
import { countOpen, insertInvitation } from './invitations.repository.ts'
import type { InviteDeps } from './send-invitation.ts'
import { sendInvitation, untilOf } from './send-invitation.ts'

/** Who asks somebody in. */
export interface Inviter {
  readonly person: Id<'person'>
  readonly actor: Actor
  /** What the credential of the request holds here: a key may hold less than its person. */
  readonly grants: readonly string[]
}

/** Whom, and as what. */
export interface Wanted {
  readonly email: string
  readonly role: 'admin' | 'member' | 'custom'
  readonly permissions: readonly string[]
  readonly profile: ProfileChange
  readonly status?: 'active' | 'inactive' | 'archived' | undefined
  readonly notes?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Somebody who was asked in, or why not. */
export type Invited =
  | {
      readonly code: 'invited'
      readonly invitation: Id<'invitation'>
      readonly person: Id<'person'>
    }
  | { readonly code: 'taken' }
  | { readonly code: 'beyond' }
  | { readonly code: 'too_many' }
  | { readonly code: 'refused' }

/**
 * Adds a person to a tenant and asks them in by mail. Whether the address belongs to somebody of the
 * service is not looked at: in both cases the tenant gets a person of a fresh id whom nobody is yet.
 * Whoever accepts becomes them, or takes their place; so nothing here tells who has an account (D18).
 */
export async function invite(
  deps: InviteDeps,
  tx: Tx,
  { by, wanted }: { readonly by: Inviter; readonly wanted: Wanted },
): Promise<Invited> {
  await holdMembers(tx)
  if (await isKnownHere(tx, wanted.email)) return { code: 'taken' }
  const own = await readMember(tx, by.person)
  const nothing = { role: 'member', permissions: [] }
  const within = by.grants
  if (own === undefined || !mayManage({ ...own, within }, nothing, wanted))
    return { code: 'beyond' }
  if ((await countOpen(tx)) >= deps.settings.most_invitations) return { code: 'too_many' }
  const { email, role } = wanted
  const asked = { tenant: tx.tenant, email, role, by: by.person }
  if ((await deps.hooks?.checkInvitation?.(asked)) === false) return { code: 'refused' }
  const person = await writeNobody(deps, tx, wanted)
  const invitation = newId<'invitation'>(deps.clock)
  const now = deps.clock.now()
  await insertInvitation(tx, {
    id: invitation,
    person_id: person,
    email,
    role,
    invited_by: by.person,
    now: isoTime(now),
    expires_at: untilOf(deps),
  })
  await sendInvitation(deps, tx, { id: invitation, person, email })
  const target = { type: 'person', id: person }
  await record(tx, by.actor, personEvents.created({ outcome: 'success', target, data: { role } }))
  const event = invitationEvents.created({
    outcome: 'success',
    target: { type: 'invitation', id: invitation },
    data: { role },
  })
  await record(tx, by.actor, event)
  return { code: 'invited', invitation, person }
}

async function writeNobody(deps: InviteDeps, tx: Tx, wanted: Wanted): Promise<Id<'person'>> {
  const person = newId<'person'>(deps.clock)
  const now = isoTime(deps.clock.now())
  await insertNobody(tx, { person, name: nameOf(wanted), now })
  await changeProfile(tx, person, { change: wanted.profile, now })
  await joinInvited(tx, { person, ...wanted, now })
  await writeMemberNotes(tx, person, wanted)
  return person
}

/** What they are called, and until somebody says so the part of the address before the @. */
function nameOf({ email, profile }: Wanted): string {
  const { display_name: shown, first_name = '', last_name = '' } = profile
  return shown || fullName({ first_name, last_name }) || email.slice(0, email.indexOf('@'))
}

/** @throws AppError when nobody was asked in */
export function invitedOrRefused(invited: Invited): Extract<Invited, { readonly code: 'invited' }> {
  if (invited.code === 'invited') return invited
  throw REFUSALS[invited.code]()
}

const REFUSALS = {
  taken: peopleProblems.taken,
  beyond: peopleProblems.beyondYours,
  too_many: invitationProblems.tooMany,
  refused: peopleProblems.refusedByHook,
} as const
