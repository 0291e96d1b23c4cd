import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { isDemandedAnywhere } from './demand.ts'
import { hasFactor, holdPerson } from './factors.repository.ts'
import { mfaProblems } from './mfa.errors.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import { deleteMethod } from './pending-methods.repository.ts'
import { deleteRecoveryCodes } from './recovery-codes.repository.ts'
import { forgetDevices } from './remembered-devices.repository.ts'
import { NAME_OF, tellPerson } from './tell-person.ts'

/** A factor that its person wants to be rid of. */
export interface Removal {
  readonly person: Id<'person'>
  readonly method: string
  /** The session from which they remove it; their others end. */
  readonly family: string
  readonly actor: Actor
}

/** What comes of it. */
export interface Removed {
  readonly removedAt: string
  /** Sessions that ended: those that may have begun with the factor. */
  readonly sessions: number
}

/**
 * Removes a factor, with notice and audit row. Whatever may have begun with it ends: other sessions,
 * and browsers that are remembered. The last one stays where one is demanded (MF-32).
 * @throws AppError mfa.unknown_method, mfa.last_factor
 */
export async function removeMethod(parts: MfaParts, removal: Removal): Promise<Removed> {
  const removed = await parts.platform
    .transaction((tx) => remove(parts, tx, removal))
    .catch(refused)
  if (removed !== 'last_factor') return removed
  const target = { type: 'person', id: removal.person }
  const event = mfaEvents.removed({ outcome: 'denied', reason: 'last_factor', target })
  await recordOutside(parts.platform, removal.actor, event)
  throw mfaProblems.lastFactor()
}

/** Takes the deletion back. */
class LastFactor extends Error {}

function refused(error: unknown): 'last_factor' {
  if (error instanceof LastFactor) return 'last_factor'
  throw error
}

async function remove(
  parts: MfaParts,
  tx: PlatformTx,
  { person, method, family, actor }: Removal,
): Promise<Removed> {
  // Two at once must not each believe that the other factor stays.
  await holdPerson(tx, person)
  const gone = await deleteMethod(tx, person, method)
  if (gone === undefined) throw mfaProblems.unknownMethod()
  if (!(await hasFactor(tx, person))) {
    if (await isDemandedAnywhere(parts.factors.settings, tx, person)) throw new LastFactor()
    await deleteRecoveryCodes(tx, person)
  }
  await forgetDevices(tx, person)
  const now = isoTime(parts.clock.now())
  const end = { now, reason: 'factors_changed' } as const
  const sessions = await endSessions(tx, { person, except: family }, end)
  const { kind } = gone
  await tellPerson(parts, tx, person, `${NAME_OF[kind]} was removed from your second factors`)
  const target = { type: 'person', id: person }
  await record(tx, actor, mfaEvents.removed({ outcome: 'success', target, data: { kind } }))
  return { removedAt: now, sessions }
}
