import { record } from '../../audit/index.ts'
import type { Tx } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { holdMembers, mayManage, readMember } from '../../tenancy/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { DirectoryRow, MemberNotes } from './directory.repository.ts'
import { readDirectory, writeMemberNotes } from './directory.repository.ts'
import type { Manager } from './manager.ts'
import { personEvents } from './people.events.ts'
import type { ProfileChange } from './person-fields.ts'
import type { PersonProfile } from './person-profile.ts'
import { changeProfile } from './profile.repository.ts'

/** What an administrator of a tenant wants a person to be. */
export interface PersonChange extends MemberNotes {
  readonly person: string
  readonly profile: ProfileChange
  /** Further fields that the service declared; undefined for none. */
  readonly further: object | undefined
  readonly precondition: Precondition
}

/** Called with the row as it is, held until the transaction ends; throws to refuse. */
export type Precondition = (tx: Tx, row: DirectoryRow) => Promise<void>

/** What became of it. */
export type PersonChanged =
  | { readonly code: 'changed'; readonly row: DirectoryRow }
  | { readonly code: 'unknown' | 'beyond' | 'not_yours' | 'own_status' | 'owner_status' }

/** What changing people in a tenant needs. */
export interface ChangeDeps {
  readonly clock: Clock
  /** Whether there are other tenants than this one: then a person is not this tenant's alone. */
  readonly tenantsVisible: boolean
  readonly personProfile: Pick<PersonProfile, 'write'> | undefined
}

/**
 * Changes a person for an administrator of their tenant: what they are there, and what the tenant
 * notes of them. What a person says of themselves is theirs as soon as they have come (D18); until
 * then, and in a service without tenants, the administrator may write it.
 */
export async function changePerson(
  deps: ChangeDeps,
  tx: Tx,
  { by, change }: { readonly by: Manager; readonly change: PersonChange },
): Promise<PersonChanged> {
  await holdMembers(tx)
  const row = await readDirectory(tx, change.person)
  if (row === undefined) return { code: 'unknown' }
  await change.precondition(tx, row)
  const refused = await refusal(deps, tx, { by, change, row })
  if (refused !== undefined) return { code: refused }
  const now = isoTime(deps.clock.now())
  await changeProfile(tx, change.person, { change: change.profile, now })
  await writeMemberNotes(tx, change.person, change)
  if (change.further) await deps.personProfile?.write(tx, change.person, change.further)
  await note(tx, by, { change, row })
  const after = await readDirectory(tx, change.person)
  return after === undefined ? { code: 'unknown' } : { code: 'changed', row: after }
}

interface Wish {
  readonly by: Manager
  readonly change: PersonChange
  readonly row: DirectoryRow
}

async function refusal(
  { tenantsVisible }: ChangeDeps,
  tx: Tx,
  { by, change, row }: Wish,
): Promise<'beyond' | 'not_yours' | 'own_status' | 'owner_status' | undefined> {
  const own = await readMember(tx, by.person)
  if (own === undefined || !mayManage({ ...own, within: by.grants }, row)) return 'beyond'
  const personal = Object.values(change.profile).some((value) => value !== undefined)
  const isTheirs = tenantsVisible && !row.invited && change.person !== by.person
  if (personal && isTheirs) return 'not_yours'
  if (change.status === undefined || change.status === row.status) return undefined
  if (change.person === by.person) return 'own_status'
  return row.role === 'owner' ? 'owner_status' : undefined
}

/** One row for what was written, and one more when the person may come in or no longer. */
async function note(tx: Tx, { actor }: Manager, { change, row }: Omit<Wish, 'by'>): Promise<void> {
  const target = { type: 'person', id: change.person }
  const { profile, further, status, notes, metadata } = change
  const fields = Object.entries({ ...profile, ...further, status, notes, metadata })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
  await record(tx, actor, personEvents.updated({ outcome: 'success', target, data: { fields } }))
  if (status === undefined || status === row.status) return
  const event =
    status === 'active'
      ? personEvents.activated({ outcome: 'success', target })
      : personEvents.deactivated({ outcome: 'success', target, data: { status } })
  await record(tx, actor, event)
}
