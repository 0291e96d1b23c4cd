import type { Secret } from '../../kernel/index.ts'
import { deriveKey, mac } from '../../kernel/index.ts'
import type { CookieRule } from '../sessions/cookie.ts'
import { clearCookie, cookieName, setCookie, tokenCookie } from '../sessions/cookie.ts'

/** The cookie that keeps a refresh token where no script reads it, and the CSRF token that goes with it. */
export interface RefreshCookie {
  /** Its name: `__Host-refresh_token` behind https, `refresh_token` on a developer's machine. */
  readonly name: string
  /** The token in a Cookie header; undefined when there is none of our form, or two. */
  read(header: string | undefined): string | undefined
  set(token: string): string
  clear(): string
  /** Bound to the sign-in: it lives as long, and a page may keep it where it likes. */
  csrfTokenFor(session: string): string
}

/** What the cookie is made from. */
export interface RefreshCookieDeps {
  readonly rule: CookieRule
  readonly secret: Secret
  /** Seconds for which a browser keeps it. */
  readonly maxAgeSeconds: number
}

/** The refresh cookie of a service; its flags are those of the session cookie (D19). */
export function createRefreshCookie({
  rule,
  secret,
  maxAgeSeconds,
}: RefreshCookieDeps): RefreshCookie {
  const name = cookieName(rule, 'refresh_token')
  const key = deriveKey(secret, 'refresh-csrf')
  const csrfTokenFor = (session: string) => mac(key, session)
  return {
    name,
    read: (header) => tokenCookie(header, name),
    set: (value) => setCookie(rule, { name, value, maxAgeSeconds }),
    clear: () => clearCookie(rule, name),
    csrfTokenFor,
  }
}
