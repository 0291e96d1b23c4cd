import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { accountEvents } from '../account/account.events.ts'
import type { SetAddressDeps } from '../account/set-address.ts'
import { setAddress } from '../account/set-address.ts'
import { accountOf } from '../password/credentials.repository.ts'
import type { SignInName } from '../password/sign-in-name.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { personEvents } from './people.events.ts'
import type { ProfileChange } from './person-fields.ts'
import type { PlatformNotes, PlatformPersonRow } from './platform-people.repository.ts'
import { holdPerson, readPlatformPerson, writePlatformNotes } from './platform-people.repository.ts'
import { isWithin } from './platform-rank.ts'
import { changeProfile } from './profile.repository.ts'

/** What an administrator of the platform wants a person to be. */
export interface PlatformChange extends PlatformNotes {
  readonly person: Id<'person'>
  readonly profile: ProfileChange
  /** A new address: whoever changes it vouches for it. */
  readonly address: SignInName | undefined
  readonly actor: Actor
  /** What whoever changes them holds on the platform. */
  readonly held: readonly string[]
  /** Called with the row as it is, held; throws to refuse. */
  readonly precondition: (row: PlatformPersonRow) => void
}

/** What changing people of the platform needs. */
export interface ChangePlatformDeps extends SetAddressDeps {
  readonly platform: PlatformDb
}

/** What became of it. */
export type PlatformChanged =
  | { readonly code: 'changed'; readonly row: PlatformPersonRow }
  | { readonly code: 'unknown' | 'own_status' | 'beyond' | 'no_mail' | 'email_taken' }

/**
 * Changes a person for the platform. Whoever is deactivated is nowhere from this moment: their
 * sessions end here, and every key and token of theirs is worth nothing while they are. Whoever holds
 * more on the platform than the one who asks is not touched.
 */
export async function changePlatformPerson(
  deps: ChangePlatformDeps,
  change: PlatformChange,
): Promise<PlatformChanged> {
  const { platform, clock } = deps
  return platform.transaction(async (tx) => {
    const { person, status, actor } = change
    await holdPerson(tx, person)
    const row = await readPlatformPerson(tx, person)
    if (row === undefined) return { code: 'unknown' }
    if (!(await isWithin(tx, person, change.held))) return { code: 'beyond' }
    change.precondition(row)
    const moves = status !== undefined && status !== row.status
    if (moves && person === actor.person) return { code: 'own_status' }
    const now = isoTime(clock.now())
    const refused = await changeAddress(deps, tx, { change, row, now })
    if (refused !== undefined) return { code: refused }
    await changeProfile(tx, person, { change: change.profile, now })
    const ends = moves && row.status === 'active'
    const sessions = ends
      ? await endSessions(tx, { person }, { now, reason: 'person_disabled' })
      : 0
    await writePlatformNotes(tx, person, change)
    await note(tx, change, moves ? { status, sessions } : undefined)
    const after = await readPlatformPerson(tx, person)
    return after === undefined ? { code: 'unknown' } : { code: 'changed', row: after }
  })
}

interface Moving {
  readonly change: PlatformChange
  readonly row: PlatformPersonRow
  readonly now: string
}

async function changeAddress(
  deps: ChangePlatformDeps,
  tx: PlatformTx,
  { change: { person, address, actor }, row, now }: Moving,
): Promise<'no_mail' | 'email_taken' | undefined> {
  if (address === undefined || (row.email === address.name && row.email_verified)) return undefined
  const account = await accountOf(tx, person)
  if (account === undefined) return 'no_mail'
  if (!(await setAddress(deps, tx, { account, address, now }))) return 'email_taken'
  const target = { type: 'person', id: person }
  await record(tx, actor, accountEvents.email_changed({ outcome: 'success', target }))
  return undefined
}

async function note(
  tx: PlatformTx,
  { person, actor, profile, address, status, notes, metadata }: PlatformChange,
  moved: { readonly status: PlatformPersonRow['status']; readonly sessions: number } | undefined,
): Promise<void> {
  const target = { type: 'person', id: person }
  const fields = Object.entries({ ...profile, email: address, status, notes, metadata })
    .filter(([, value]) => value !== undefined)
    .map(([name]) => name)
  await record(tx, actor, personEvents.updated({ outcome: 'success', target, data: { fields } }))
  if (moved === undefined) return
  const event =
    moved.status === 'active'
      ? personEvents.activated({ outcome: 'success', target })
      : personEvents.deactivated({ outcome: 'success', target, data: moved })
  await record(tx, actor, event)
}
