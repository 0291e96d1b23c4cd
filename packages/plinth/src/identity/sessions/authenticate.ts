import type { FastifyRequest } from 'fastify'
import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { contextOf } from '../../feature/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { grantsOf } from '../../tenancy/index.ts'
import { sessionEvents } from '../identity.events.ts'
import { tokenCookie } from './cookie.ts'
import { endSessions } from './end-sessions.repository.ts'
import type { SessionDeps } from './mint-session.ts'
import { isoTime } from './mint-session.ts'
import type { SessionPrincipal, SessionRow } from './session.ts'
import { sessionState } from './session.ts'
import { markMismatch, readSession, touchSession } from './sessions.repository.ts'

/** What authenticating a session cookie needs. */
export interface AuthenticateDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly cookieName: string
  /** Whether a session from another kind of browser counts as not signed in. */
  readonly strict: boolean
  readonly log: { warn(facts: object, message?: string): void }
}

/** Finds who a request's session cookie stands for; undefined when it stands for nobody. */
export type Authenticate = (request: FastifyRequest) => Promise<SessionPrincipal | undefined>

const TOUCH_EVERY_MS = 60_000

/**
 * Authenticates session cookies. A request without one costs no query, one with a session costs one
 * round trip, and nothing is written but the time of use, once a minute. Whatever else arrives in
 * the cookie (junk, two of the name, an ended session) stands for nobody and is no error.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  return async (request) => {
    const token = tokenCookie(request.headers.cookie, deps.cookieName)
    if (token === undefined) return undefined
    const row = await readSession(deps.platform, hashToken('session', token))
    if (row === undefined) return undefined
    const state = sessionState(row, deps.sessions.clock.now())
    if (state === 'replayed') await endReplayed(deps, row, request)
    if (state !== 'live' && state !== 'in_grace') return undefined
    const browserMatches = await checkBrowser(deps, row, request)
    if (!browserMatches && deps.strict) return undefined
    if (state === 'live') await touch(deps, row)
    return principalOf(row, browserMatches)
  }
}

/**
 * A rotated id that is used after the grace is not with the browser that got its successor: one of
 * the two was stolen, and which one cannot be known. Both end (SB-26).
 */
async function endReplayed(
  { platform, sessions }: AuthenticateDeps,
  row: SessionRow,
  request: FastifyRequest,
): Promise<void> {
  await platform.transaction(async (tx) => {
    const end = { now: isoTime(sessions.clock.now()), reason: 'rotated_id_replayed' } as const
    if ((await endSessions(tx, { family: row.family_id }, end)) === 0) return
    const event = sessionEvents.use_after_rotate({
      outcome: 'denied',
      reason: 'rotated_id_replayed',
      target: { type: 'session', id: row.id },
    })
    await record(tx, actorOf(request), event)
  })
}

/** Whether the browser is of the kind that signed in. Another one is audited once a session (D7). */
async function checkBrowser(
  { platform, sessions }: AuthenticateDeps,
  row: SessionRow,
  request: FastifyRequest,
): Promise<boolean> {
  const seen = sessions.fingerprints.ofBrowser(request.headers['user-agent'])
  if (seen.equals(row.fingerprint)) return true
  if (row.mismatch_reported_at !== null) return false
  await platform.transaction(async (tx) => {
    if (!(await markMismatch(tx, row.id, isoTime(sessions.clock.now())))) return
    const event = sessionEvents.browser_changed({
      outcome: 'denied',
      reason: 'other_browser',
      target: { type: 'session', id: row.id },
    })
    await record(tx, actorOf(request), event)
  })
  return false
}

/** The request's actor before anybody is known: address and request id only. */
function actorOf(request: FastifyRequest): Actor {
  return contextOf(request).actor
}

/** Notes the use. A database that takes no writes at the moment does not end reading (FI-14). */
async function touch(
  { platform, sessions, log }: AuthenticateDeps,
  row: SessionRow,
): Promise<void> {
  const now = sessions.clock.now()
  if (now - Date.parse(row.last_seen_at) < TOUCH_EVERY_MS) return
  try {
    await touchSession(platform, {
      id: row.id,
      now: isoTime(now),
      before: isoTime(now - TOUCH_EVERY_MS + 1),
      expiresAt: isoTime(now + sessions.idleSeconds * 1_000),
    })
  } catch (error) {
    log.warn({ error }, 'the last use of a session could not be noted')
  }
}

function principalOf(row: SessionRow, browserMatches: boolean): SessionPrincipal {
  const member = row.tenant_id !== null && row.role !== null
  return {
    person: row.person_id,
    name: row.name,
    email: row.email,
    tenant: row.tenant_id,
    permissions: member
      ? grantsOf({ role: row.role ?? '', permissions: row.permissions ?? [] })
      : [],
    credential: {
      kind: 'cookie',
      id: row.id,
      authenticatedAt: Math.floor(Date.parse(row.authenticated_at) / 1_000),
      acr: row.acr,
    },
    givenName: row.given_name,
    familyName: row.family_name,
    tenantSlug: row.tenant_slug,
    tenantName: row.tenant_name,
    browserMatches,
  }
}
