import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { authEvents } from '../identity.events.ts'
import { findIdentity } from '../people/people.repository.ts'
import { endSessions } from '../sessions/end-sessions.repository.ts'
import type { SessionDeps } from '../sessions/mint-session.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { LogoutClaims } from './logout-token-claims.ts'
import { isSomebodyElses, useLogoutToken } from './logout-tokens.repository.ts'
import { holdNames, rememberSignOut } from './provider-sign-outs.repository.ts'

/** What ending sessions by a logout token needs. */
export interface EndByTokenDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
}

/** A verified logout token, the provider that sent it, and from where. */
export interface ProviderLogout {
  readonly provider: string
  readonly claims: LogoutClaims
  readonly actor: Actor
}

/** How it went. `ended` is also the answer for a session that is not known here (RP-117). */
export type LogoutOutcome =
  | { readonly code: 'ended'; readonly sessions: number }
  | { readonly code: 'replayed' }
  | { readonly code: 'other_subject' }

/**
 * Ends the sessions that a logout token names: token, sessions and audit row commit together, so
 * that a provider that tries again after a failure finds the token unused. Every process hears of
 * it from the database. A sign-in whose callback is still under way finds what was said.
 */
export async function endByLogoutToken(
  { platform, sessions }: EndByTokenDeps,
  { provider, claims, actor }: ProviderLogout,
): Promise<LogoutOutcome> {
  const now = isoTime(sessions.clock.now())
  return platform.transaction(async (tx) => {
    const tokenHash = hashToken('logout-token', `${claims.iss}\0${claims.jti}`)
    const seen = { tokenHash, expiresAt: isoTime((claims.exp + KEEP_SECONDS) * 1_000) }
    if (!(await useLogoutToken(tx, seen, now))) return { code: 'replayed' }
    const named = { provider, ...claims }
    await holdNames(tx, named)
    const which = await whichSessions(tx, provider, claims)
    if (which === 'other_subject') return { code: 'other_subject' }
    await rememberSignOut(tx, named, { saidAt: isoTime(claims.iat * 1_000), now })
    const end = { now, reason: 'provider_signed_out' } as const
    const ended = which === undefined ? 0 : await endSessions(tx, which, end)
    const event = authEvents.backchannel_logout({
      outcome: 'success',
      data: { provider, sessions: ended },
    })
    await record(tx, actor, event)
    return { code: 'ended', sessions: ended }
  })
}

/** Longer than any leeway on `exp`. */
const KEEP_SECONDS = 300

/** The one session of `sid`, or all of `sub` when no `sid` narrows it; both must agree. */
async function whichSessions(tx: PlatformTx, provider: string, { iss, sub, sid }: LogoutClaims) {
  const known =
    sub === undefined ? undefined : await findIdentity(tx, { issuer: iss, subject: sub })
  if (sid === undefined) return known && { identity: known.identity }
  const session = { provider, providerSession: sid }
  if (sub === undefined) return session
  const foreign = await isSomebodyElses(tx, { ...session, identity: known?.identity })
  return foreign ? 'other_subject' : session
}
