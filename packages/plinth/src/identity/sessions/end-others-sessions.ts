import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import { sessionEvents } from '../identity.events.ts'
import { readPlatformPerson } from '../people/platform-people.repository.ts'
import { endSessions } from './end-sessions.repository.ts'
import { forgetShortcuts } from './forget-shortcuts.repository.ts'
import { isoTime } from './iso-time.ts'
import type { RevokeDeps } from './revoke-sessions.ts'

/** What an administrator ended, and when (ISO 8601). */
export interface EndedForOthers {
  readonly at: string
  readonly count: number
}

/**
 * Ends all sessions of one person, behind cookies and behind tokens (ASVS 7.4.5), and what would spare
 * them a proof at the next sign-in. Their API keys stay.
 * @returns undefined when there is no such person
 */
export async function endSessionsOf(
  { platform, sessions }: RevokeDeps,
  { person, actor }: { readonly person: string; readonly actor: Actor },
): Promise<EndedForOthers | undefined> {
  return platform.transaction(async (tx) => {
    if ((await readPlatformPerson(tx, person)) === undefined) return undefined
    const at = isoTime(sessions.clock.now())
    const count = await endSessions(tx, { person }, { now: at, reason: 'ended_by_administrator' })
    await forgetShortcuts(tx, { person })
    const target = { type: 'person', id: person }
    const data = { sessions: count }
    await record(tx, actor, sessionEvents.ended_for({ outcome: 'success', target, data }))
    return { at, count }
  })
}

/** Ends the sessions of everybody, also the one that asks: nobody knows how far a theft went. */
export async function endEverySession(
  { platform, sessions }: RevokeDeps,
  { actor }: { readonly actor: Actor },
): Promise<EndedForOthers> {
  return platform.transaction(async (tx) => {
    const at = isoTime(sessions.clock.now())
    const end = { now: at, reason: 'ended_by_administrator' } as const
    const count = await endSessions(tx, 'everybody', end)
    await forgetShortcuts(tx, 'everybody')
    const data = { sessions: count }
    await record(tx, actor, sessionEvents.ended_for_all({ outcome: 'success', data }))
    return { at, count }
  })
}
