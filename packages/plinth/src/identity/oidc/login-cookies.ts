import type { PlatformDb } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'
import type { CookieRule } from '../sessions/cookie.ts'
import { cookieName, cookiePairs } from '../sessions/cookie.ts'
import { forgetLogins, oldestLogins } from './pending-logins.repository.ts'

/** Pending logins that one browser may have: several tabs, but no cookie header that overflows. */
const MOST_PENDING = 5
const STATE = /^[A-Za-z0-9_-]{43}$/

/**
 * Login cookies are Lax whatever the session cookie is: the callback comes from the provider's
 * site, and a Strict cookie would not be sent with it.
 */
export function loginCookieRule({ secure }: Pick<CookieRule, 'secure'>): CookieRule {
  return { secure, sameSite: 'lax' }
}

/**
 * The same where a script starts it, as linking does. A service whose pages lie on another site has
 * `SameSite=None` sessions, and to a call from there a browser takes no Lax cookie (RFC 6265bis 5.7).
 */
export function scriptedLoginCookieRule({ secure, sameSite }: CookieRule): CookieRule {
  return { secure, sameSite: sameSite === 'none' ? 'none' : 'lax' }
}

/** The cookie of one pending login: named for its state, so that tabs do not disturb each other. */
export function loginCookieName(rule: Pick<CookieRule, 'secure'>, state: string): string {
  return cookieName(rule, `auth_session_id_${state.slice(0, 8)}`)
}

/** Whether a text has the form of our states. */
export function isState(text: unknown): text is string {
  return typeof text === 'string' && STATE.test(text)
}

/** The login cookies of a browser in the order in which it sends them. */
export function loginCookies(
  rule: Pick<CookieRule, 'secure'>,
  header: string | undefined,
): readonly (readonly [string, string])[] {
  const prefix = cookieName(rule, 'auth_session_id_')
  const ours = cookiePairs(header).filter(
    ([name]) => name.startsWith(prefix) && /^[A-Za-z0-9_-]{8}$/.test(name.slice(prefix.length)),
  )
  return [...new Map(ours)]
}

/**
 * Makes room for one more pending login: forgets the oldest and answers the names of their cookies
 * (D20). Costs a query only when there are too many.
 */
export async function dropOldest(
  db: PlatformDb,
  cookies: readonly (readonly [string, string])[],
): Promise<readonly string[]> {
  const tooMany = cookies.length - MOST_PENDING + 1
  if (tooMany <= 0) return []
  const hashes = cookies.map(([, value]) => hashToken('pending-login', value))
  const dropped = (await oldestLogins(db, hashes)).slice(0, tooMany)
  await forgetLogins(
    db,
    hashes.filter((_, at) => dropped.includes(at)),
  )
  return cookies.filter((_, at) => dropped.includes(at)).map(([name]) => name)
}
