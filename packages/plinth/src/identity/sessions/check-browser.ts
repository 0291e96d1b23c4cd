import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformDb } from '../../data/index.ts'
import { sessionEvents } from '../identity.events.ts'
import type { SessionDeps } from './mint-session.ts'
import { isoTime } from './mint-session.ts'
import type { SessionRow } from './session.ts'
import { markMismatch } from './sessions.repository.ts'

/** What checking a browser needs. */
export interface CheckBrowserDeps {
  readonly platform: PlatformDb
  readonly sessions: SessionDeps
}

/** The browser that a session cookie came from. */
export interface Browser {
  readonly userAgent: string | undefined
  readonly actor: Actor
}

/** Whether the browser is of the kind that signed in. Another one is audited once a session (D7). */
export async function checkBrowser(
  { platform, sessions }: CheckBrowserDeps,
  row: SessionRow,
  { userAgent, actor }: Browser,
): Promise<boolean> {
  if (sessions.fingerprints.ofBrowser(userAgent).equals(row.fingerprint)) return true
  if (row.mismatch_reported_at !== null) return false
  await platform.transaction(async (tx) => {
    if (!(await markMismatch(tx, row.id, isoTime(sessions.clock.now())))) return
    const event = sessionEvents.browser_changed({
      outcome: 'denied',
      reason: 'other_browser',
      target: { type: 'session', id: row.id },
    })
    await record(tx, actor, event)
  })
  return false
}
