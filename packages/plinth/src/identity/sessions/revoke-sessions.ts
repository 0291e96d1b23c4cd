import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { sessionEvents } from '../identity.events.ts'
import type { WhichSessions } from './end-sessions.repository.ts'
import { endSessions } from './end-sessions.repository.ts'
import { forgetShortcuts } from './forget-shortcuts.repository.ts'
import { isoTime } from './iso-time.ts'
import type { SessionDeps } from './mint-session.ts'
import { findOwnSession } from './own-sessions.repository.ts'

/** What revoking needs. */
export interface RevokeDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
}

/** Who revokes, from which of their sessions. */
export interface Revoker {
  readonly person: string
  readonly session: string
  readonly actor: Actor
}

/** What was revoked, or why nothing was. `not_live`: the revoking session is over, or has a successor (D9). */
export type Revocation =
  | {
      readonly code: 'revoked'
      readonly at: string
      readonly count: number
      readonly isCurrent: boolean
    }
  | { readonly code: 'unknown' }
  | { readonly code: 'already' }
  | { readonly code: 'not_live' }

/** Ends one of a person's own sessions; the one that asks may be it. */
export async function revokeSession(
  deps: RevokeDeps,
  by: Revoker,
  id: string,
): Promise<Revocation> {
  return deps.platform.transaction(async (tx) => {
    const own = await findOwnSession(tx, by.person, by.session)
    if (own === undefined || own.revoked || own.rotated) return { code: 'not_live' }
    const found = await findOwnSession(tx, by.person, id)
    if (found === undefined) return { code: 'unknown' }
    if (found.revoked) return { code: 'already' }
    const ended = await end(deps, tx, { by, which: { family: found.family } })
    if (ended.count === 0) return { code: 'already' }
    return { code: 'revoked', ...ended, isCurrent: found.family === own.family }
  })
}

/**
 * Ends all sessions of a person but the one that asks (D23), and what would spare anybody a proof at
 * their next sign-in; the browser that asks stays remembered.
 */
export async function revokeOthers(
  deps: RevokeDeps,
  by: Revoker & { readonly device: string | undefined },
): Promise<Revocation> {
  return deps.platform.transaction(async (tx) => {
    const own = await findOwnSession(tx, by.person, by.session)
    if (own === undefined || own.revoked || own.rotated) return { code: 'not_live' }
    const which = { person: by.person, except: own.family }
    const ended = await end(deps, tx, { by, which })
    await forgetShortcuts(tx, { person: by.person, keptDevice: by.device })
    return { code: 'revoked', ...ended, isCurrent: false }
  })
}

async function end(
  { sessions }: RevokeDeps,
  tx: PlatformTx,
  { by, which }: { readonly by: Revoker; readonly which: Exclude<WhichSessions, 'everybody'> },
): Promise<{ readonly at: string; readonly count: number }> {
  const at = isoTime(sessions.clock.now())
  const count = await endSessions(tx, which, { now: at, reason: 'revoked' })
  if (count > 0) {
    const target = 'family' in which ? { target: { type: 'session', id: which.family } } : {}
    const event = sessionEvents.revoked({
      outcome: 'success',
      ...target,
      data: { sessions: count },
    })
    await record(tx, by.actor, event)
  }
  return { at, count }
}
