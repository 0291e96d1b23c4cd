import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { deriveKey, hashToken, unseal } from '../../kernel/index.ts'
import { authEvents } from '../identity.events.ts'
import { endSessions } from './end-sessions.repository.ts'
import type { SessionDeps } from './mint-session.ts'
import { isoTime, placeOf } from './mint-session.ts'
import type { UnendedSession } from './sessions.repository.ts'
import { findUnended } from './sessions.repository.ts'

/** What ending a session needs. */
export interface EndDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
}

/** What sign-out at the provider needs to know of the session that ended. */
export interface Ended {
  readonly provider: string
  readonly idToken: string | undefined
}

/** Signs out: ends the session of a token with its whole family. Undefined when nothing was left. */
export async function endSession(
  { platform, sessions }: EndDeps,
  token: string,
  actor: Actor,
): Promise<Ended | undefined> {
  return platform.transaction(async (tx) => {
    const row = await findUnended(tx, hashToken('session', token))
    if (row === undefined) return undefined
    const end = { now: isoTime(sessions.clock.now()), reason: 'signed_out' } as const
    if ((await endSessions(tx, { family: row.family_id }, end)) === 0) return undefined
    const target = { type: 'session', id: row.id }
    await record(tx, actor, authEvents.sign_out({ outcome: 'success', target }))
    return { provider: row.provider, idToken: openIdToken(sessions, row) }
  })
}

function openIdToken(sessions: SessionDeps, row: UnendedSession): string | undefined {
  if (row.id_token_sealed === null) return undefined
  const key = deriveKey(sessions.secret, 'provider-token')
  return unseal(key, placeOf({ id: row.id, kind: 'idToken' }), row.id_token_sealed)
}
