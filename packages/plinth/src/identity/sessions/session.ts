import type { Principal } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Amr } from './second-factors.ts'

/** A session and whose it is, as one query reads it. Times are ISO texts. */
export interface SessionRow {
  readonly id: Id<'session'>
  readonly family_id: Id<'session'>
  readonly person_id: Id<'person'>
  /** The tenant of the session, when it is active and the person is in it. */
  readonly tenant_id: Id<'tenant'> | null
  /** The tenant of the session, whatever became of it. */
  readonly session_tenant: Id<'tenant'> | null
  readonly fingerprint: Buffer
  readonly authenticated_at: string
  readonly last_seen_at: string
  readonly rotated_at: string | null
  readonly expires_at: string
  readonly absolute_expires_at: string
  readonly revoked_at: string | null
  readonly mismatch_reported_at: string | null
  readonly acr: string | null
  readonly amr: readonly Amr[]
  /** Whether what the person may do in the tenant changed since this session id was made. */
  readonly rights_changed: boolean
  readonly name: string
  readonly email: string | null
  readonly given_name: string | null
  readonly family_name: string | null
  readonly person_status: string
  readonly tenant_slug: string | null
  readonly tenant_name: string | null
  readonly role: string | null
  /** All that they may do in the tenant; null when they are not in it. */
  readonly grants: readonly string[] | null
  /** Grants over the platform itself; null for nearly everybody. */
  readonly platform: readonly string[] | null
}

/** A principal who came with a session cookie, with what `/auth/web/me` shows. */
export interface SessionPrincipal extends Principal {
  readonly givenName: string | null
  readonly familyName: string | null
  readonly tenantSlug: string | null
  readonly tenantName: string | null
  /** Whether the request comes from the kind of browser that signed in. */
  readonly browserMatches: boolean
}

/** Whether a principal came with one of our session cookies. */
export function isSessionPrincipal(
  principal: Principal | undefined,
): principal is SessionPrincipal {
  return principal?.credential.kind === 'cookie' && 'browserMatches' in principal
}

/** Seconds in which a rotated session id still answers, so that parallel requests are not lost (D9). */
export const ROTATION_GRACE_SECONDS = 10

/** What decides how long a session lives. */
export type SessionTimes = Pick<
  SessionRow,
  'revoked_at' | 'rotated_at' | 'expires_at' | 'absolute_expires_at' | 'person_status'
>

/** What a session row is worth at a moment. */
export type SessionState = 'live' | 'in_grace' | 'replayed' | 'ended'

/**
 * Judges a session. `replayed` is an id that was rotated away longer ago than the grace: its holder
 * is not the one who has the successor.
 */
export function sessionState(row: SessionTimes, nowMs: number): SessionState {
  if (row.revoked_at !== null || row.person_status !== 'active') return 'ended'
  if (nowMs >= Math.min(Date.parse(row.expires_at), Date.parse(row.absolute_expires_at)))
    return 'ended'
  if (row.rotated_at === null) return 'live'
  // Also when a clock was set back: that must not lengthen the grace.
  const sinceMs = Math.abs(nowMs - Date.parse(row.rotated_at))
  return sinceMs < ROTATION_GRACE_SECONDS * 1_000 ? 'in_grace' : 'replayed'
}
