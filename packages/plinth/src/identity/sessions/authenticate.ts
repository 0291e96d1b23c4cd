import type { FastifyRequest } from 'fastify'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { contextOf } from '../../feature/index.ts'
import { hashToken, lastOfConnection, tokenKey } from '../../kernel/index.ts'
import { sessionEvents } from '../identity.events.ts'
import { changeId } from './change-id.ts'
import { checkBrowser } from './check-browser.ts'
import type { CookieRule } from './cookie.ts'
import { tokenCookie } from './cookie.ts'
import { endSessions } from './end-sessions.repository.ts'
import type { CookieKeeper } from './keep-cookie.ts'
import type { SessionDeps } from './mint-session.ts'
import { isoTime } from './mint-session.ts'
import type { NotedUse } from './note-use.ts'
import { noteUse } from './note-use.ts'
import type { SessionPrincipal, SessionRow } from './session.ts'
import { sessionState } from './session.ts'
import type { KnownSession, SessionCache } from './session-cache.ts'
import { principalOf } from './session-principal.ts'
import { readSession } from './sessions.repository.ts'

/** What authenticating a session cookie needs. */
export interface AuthenticateDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  /** Sessions in memory; without it each request asks the database. */
  readonly sessionCache: SessionCache | undefined
  readonly cookie: CookieRule
  readonly cookieName: string
  /** Seconds that a browser keeps the cookie. */
  readonly cookieSeconds: number
  /** Told of sessions that a request lengthened, so that the browser keeps the cookie as long. */
  readonly cookieKeeper: Pick<CookieKeeper, 'lengthened'>
  /** Whether a session from another kind of browser counts as not signed in. */
  readonly strict: boolean
  readonly log: { warn(facts: object, message?: string): void }
}

/** Finds who a request's session cookie stands for; undefined when it stands for nobody. */
export type Authenticate = (
  request: FastifyRequest,
) => SessionPrincipal | undefined | Promise<SessionPrincipal | undefined>

/**
 * Authenticates session cookies. A request without one costs no query, one whose session is in
 * memory neither, and any other one round trip; nothing is written but the time of use, once a
 * minute. Whatever else arrives in the cookie (junk, two of the name, an ended session) stands for
 * nobody and is no error.
 */
export function createAuthenticate(deps: AuthenticateDeps): Authenticate {
  const { sessionCache, sessions, cookieName } = deps
  const shownBy = lastOfConnection((header) => shownIn(header, cookieName))
  return (request) => {
    const { cookie, 'user-agent': userAgent } = request.headers
    const shown = cookie === undefined ? null : shownBy(request.socket, cookie)
    if (shown === null) return undefined
    const known = sessionCache?.find(shown.key, sessions.clock.now(), userAgent)
    return known ?? readPrincipal(deps, request, shown)
  }
}

function shownIn(header: string, cookieName: string): Shown | null {
  const token = tokenCookie(header, cookieName)
  return token === undefined ? null : { token, key: tokenKey('session', token) }
}

interface Shown {
  readonly token: string
  /** Of the cache. */
  readonly key: string
}

async function readPrincipal(
  deps: AuthenticateDeps,
  request: FastifyRequest,
  shown: Shown,
): Promise<SessionPrincipal | undefined> {
  const read = deps.sessionCache?.beginRead()
  try {
    const readAtMs = deps.sessions.clock.now()
    const row = await readSession(deps.platform, hashToken('session', shown.token))
    const judged = row && (await judge(deps, request, { ...shown, row }))
    if (row && judged?.untilMs !== undefined) {
      const userAgent = request.headers['user-agent']
      const known: KnownSession = { ...judged, untilMs: judged.untilMs, userAgent, readAtMs }
      read?.keep(shown.key, known, subjectsOf(row))
    }
    return judged?.principal
  } finally {
    read?.[Symbol.dispose]()
  }
}

/** As the database names them when it tells of a change. */
function subjectsOf({ person_id: person, session_tenant: tenant }: SessionRow): readonly string[] {
  return tenant === null ? [`person ${person}`] : [`person ${person}`, `tenant ${tenant}`]
}

const NOT_NOTED: Partial<NotedUse> = {}

interface Judged {
  readonly principal: SessionPrincipal
  /** Until when the next request of its kind needs no judging; undefined: each one does. */
  readonly untilMs?: number
}

async function judge(
  deps: AuthenticateDeps,
  request: FastifyRequest,
  { token, row }: Shown & { readonly row: SessionRow },
): Promise<Judged | undefined> {
  const state = sessionState(row, deps.sessions.clock.now())
  if (state === 'replayed') await endReplayed(deps, row, request)
  if (state !== 'live' && state !== 'in_grace') return undefined
  const { actor } = contextOf(request)
  const browser = { userAgent: request.headers['user-agent'], actor }
  const browserMatches = await checkBrowser(deps, row, browser)
  if (!browserMatches && deps.strict) return undefined
  const principal = principalOf(row, browserMatches)
  const { untilMs, lengthenedTo } = state === 'live' ? await noteUse(deps, row) : NOT_NOTED
  if (lengthenedTo !== undefined && browserMatches) {
    deps.cookieKeeper.lengthened(request, { id: row.id, token, untilMs: lengthenedTo })
  }
  if (!browserMatches) return { principal }
  if (!row.rights_changed) return untilMs === undefined ? { principal } : { principal, untilMs }
  const changed = await changeId(deps, request, { token, principal })
  return changed && { principal: changed }
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
    await record(tx, contextOf(request).actor, event)
  })
}
