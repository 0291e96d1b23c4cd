import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { isWithin } from '../people/platform-rank.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { deleteFactors } from './factors.repository.ts'
import { mfaEvents } from './mfa.events.ts'
import type { MfaParts } from './mfa-parts.ts'
import { tellPerson } from './tell-person.ts'

/** Whose factors, and why. */
export interface Reset {
  readonly person: Id<'person'>
  /** How it was made sure that it is them; for the audit log. */
  readonly because: string
  readonly actor: Actor
  /** What whoever resets them holds on the platform. */
  readonly held: readonly string[]
}

/** What went. */
export interface ResetDone {
  readonly at: string
  readonly methods: number
  readonly passkeys: number
  readonly sessions: number
}

/**
 * Takes all second factors off somebody who lost them, with audit row and notice. Their sessions end,
 * their browsers are forgotten; where a factor is demanded they set one up at the next sign-in.
 * @returns `beyond` for somebody who holds more on the platform; undefined when there is no such person
 */
export async function resetFactors(
  parts: MfaParts,
  reset: Reset,
): Promise<ResetDone | 'beyond' | undefined> {
  const { platform, attempts } = parts
  const done = await platform.transaction((tx) => take(parts, tx, reset))
  // Wrong codes of a factor that is gone must not lock the next one.
  if (typeof done === 'object') await attempts.clear(platform, reset.person, 'second')
  return done
}

async function take(
  parts: MfaParts,
  tx: PlatformTx,
  { person, because, actor, held }: Reset,
): Promise<ResetDone | 'beyond' | undefined> {
  if (!(await isWithin(tx, person, held))) return 'beyond'
  const gone = await deleteFactors(tx, person)
  if (gone === undefined) return undefined
  const at = isoTime(parts.clock.now())
  const sessions = await endSessions(tx, { person }, { now: at, reason: 'factors_changed' })
  const what = 'All your second factors were taken off by an administrator of the service'
  await tellPerson(parts, tx, person, what)
  const target = { type: 'person', id: person }
  const data = { because, ...gone, sessions }
  await record(tx, actor, mfaEvents.reset({ outcome: 'success', target, data }))
  return { at, ...gone, sessions }
}
