import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { sessionEvents } from '../identity.events.ts'
import { endSessions } from './end-sessions.repository.ts'
import { isoTime } from './iso-time.ts'
import { familiesBeyond, lockPerson } from './session-limit.repository.ts'

/** What keeping to the limit needs. */
export interface LimitDeps {
  readonly clock: Clock
  /** Sessions that one person may have at the same time; undefined for any number. */
  readonly maxPerPerson?: number | undefined
}

/** Whose new session it is. */
export interface NewPlace {
  readonly person: Id<'person'>
  readonly clientAddress: string | null
}

/**
 * Lets one sign-in of a person at a time go on from here to its commit. To be called before a
 * sign-in touches any session: two that hold one and wait for the other would wait for ever.
 */
export async function queueForPlace(
  { maxPerPerson }: LimitDeps,
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<void> {
  if (maxPerPerson !== undefined) await lockPerson(tx, person)
}

/**
 * Makes room for one more session of a person: the ones that signed in first end (ASVS 7.1.2). Of
 * any number of sign-ins at once each sees what the one before it left.
 */
export async function makePlace(
  { clock, maxPerPerson }: LimitDeps,
  tx: PlatformTx,
  { person, clientAddress }: NewPlace,
): Promise<void> {
  if (maxPerPerson === undefined) return
  await lockPerson(tx, person)
  const now = isoTime(clock.now())
  const keep = maxPerPerson - 1
  const actor = { kind: 'person', person, clientAddress, requestId: null } as const
  for (const family of await familiesBeyond(tx, { person, keep, now })) {
    await endSessions(tx, { family }, { now, reason: 'session_limit' })
    const target = { type: 'session', id: family }
    await record(tx, actor, sessionEvents.displaced({ outcome: 'success', target }))
  }
}
