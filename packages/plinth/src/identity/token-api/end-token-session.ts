import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { authEvents } from '../identity.events.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { CarriedToken } from './carried-token.ts'
import { hashRefreshToken } from './refresh-token.ts'
import { holdFamily } from './refresh-tokens.repository.ts'

/** How signing out ended. */
export type EndedTokens =
  | { readonly code: 'ended'; readonly at: string; readonly person: string }
  | { readonly code: 'unknown' }
  | { readonly code: 'csrf' }

/** Signs out: ends the sign-in behind a refresh token, whichever of its tokens came. */
export async function endTokenSession(
  { platform, clock }: { readonly platform: PlatformDb; readonly clock: Clock },
  { token, mayUse }: CarriedToken,
  actor: Actor,
): Promise<EndedTokens> {
  return platform.transaction(async (tx) => {
    const held = await holdFamily(tx, hashRefreshToken(token))
    if (held === undefined) return { code: 'unknown' }
    if (!mayUse(held)) return { code: 'csrf' }
    const at = isoTime(clock.now())
    const { session, person_id: person } = held
    if ((await endSessions(tx, { family: session }, { now: at, reason: 'signed_out' })) === 0)
      return { code: 'unknown' }
    const target = { type: 'session', id: session }
    const event = authEvents.sign_out({ outcome: 'success', target })
    await record(tx, { ...actor, kind: 'person', person }, event)
    return { code: 'ended', at, person }
  })
}
