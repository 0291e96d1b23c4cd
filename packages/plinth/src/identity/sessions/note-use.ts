import type { PlatformDb } from '../../data/index.ts'
import type { SessionDeps } from './mint-session.ts'
import { isoTime } from './mint-session.ts'
import type { SessionRow } from './session.ts'
import { touchSession } from './sessions.repository.ts'

/** What noting the use of a session needs. */
export interface NoteUseDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
  readonly log: { warn(facts: object, message?: string): void }
}

/** A use is noted once in so many milliseconds, however many there are (SB-28). */
const TOUCH_EVERY_MS = 60_000

/** What noting a use came to. Milliseconds since 1970. */
export interface NotedUse {
  /** Until when the session is good without another look: the next use to be noted, or its end. */
  readonly untilMs: number
  /** When it now ends unless it is used again; undefined when nothing was noted. */
  readonly lengthenedTo?: number
}

/**
 * Notes the use of a session, unless that was done within the last minute. A database that takes no
 * writes at the moment does not end reading (FI-14).
 */
export async function noteUse(deps: NoteUseDeps, row: SessionRow): Promise<NotedUse> {
  const { platform, sessions, log } = deps
  const now = sessions.clock.now()
  const absolute = Date.parse(row.absolute_expires_at)
  const seen = Math.min(Date.parse(row.last_seen_at), now)
  if (now - seen < TOUCH_EVERY_MS) {
    return { untilMs: Math.min(seen + TOUCH_EVERY_MS, Date.parse(row.expires_at), absolute) }
  }
  const idle = now + sessions.idleSeconds * 1_000
  try {
    const isNoted = await touchSession(platform, {
      id: row.id,
      now: isoTime(now),
      before: isoTime(now - TOUCH_EVERY_MS + 1),
      expiresAt: isoTime(idle),
    })
    const untilMs = Math.min(now + TOUCH_EVERY_MS, idle, absolute)
    return { untilMs, ...(isNoted && { lengthenedTo: Math.min(idle, absolute) }) }
  } catch (error) {
    log.warn({ error }, 'the last use of a session could not be noted')
    return { untilMs: Math.min(now + TOUCH_EVERY_MS, Date.parse(row.expires_at), absolute) }
  }
}
