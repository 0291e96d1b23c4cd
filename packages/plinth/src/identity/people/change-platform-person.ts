import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { personEvents } from './people.events.ts'
import type { ProfileChange } from './person-fields.ts'
import type { PlatformNotes, PlatformPersonRow } from './platform-people.repository.ts'
import { holdPerson, readPlatformPerson, writePlatformNotes } from './platform-people.repository.ts'
import { changeProfile } from './profile.repository.ts'

/** What an administrator of the platform wants a person to be. */
export interface PlatformChange extends PlatformNotes {
  readonly person: Id<'person'>
  readonly profile: ProfileChange
  readonly actor: Actor
  /** Called with the row as it is, held; throws to refuse. */
  readonly precondition: (row: PlatformPersonRow) => void
}

/** What became of it. */
export type PlatformChanged =
  | { readonly code: 'changed'; readonly row: PlatformPersonRow }
  | { readonly code: 'unknown' | 'own_status' }

/**
 * Changes a person for the platform. Whoever is deactivated is nowhere from this moment: their
 * sessions end here, and every key and token of theirs is worth nothing while they are.
 */
export async function changePlatformPerson(
  { platform, clock }: { readonly platform: PlatformDb; readonly clock: Clock },
  change: PlatformChange,
): Promise<PlatformChanged> {
  return platform.transaction(async (tx) => {
    const { person, status, actor } = change
    await holdPerson(tx, person)
    const row = await readPlatformPerson(tx, person)
    if (row === undefined) return { code: 'unknown' }
    change.precondition(row)
    const moves = status !== undefined && status !== row.status
    if (moves && person === actor.person) return { code: 'own_status' }
    const now = isoTime(clock.now())
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

async function note(
  tx: PlatformTx,
  { person, actor, profile, status, notes, metadata }: PlatformChange,
  moved: { readonly status: PlatformPersonRow['status']; readonly sessions: number } | undefined,
): Promise<void> {
  const target = { type: 'person', id: person }
  const fields = Object.entries({ ...profile, status, notes, metadata })
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
