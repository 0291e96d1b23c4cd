import type { BrowserSession } from '../browser-session.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import type { Providers } from '../oidc/providers.ts'

/** What linking and unlinking need. */
export interface LinkingDeps {
  readonly identity: Identity
  readonly providers: Providers
}

/** Who asks, from which browser. */
export interface Asker {
  readonly token: string
  readonly userAgent: string | undefined
}

/** Seconds after a sign-in in which a person may change how they sign in (ASVS 7.5.1). */
const RECENT_SECONDS = 900

/**
 * Refuses a change of accounts long after sign-in: whoever found a browser open, or stole a cookie,
 * must not add a door of their own. Measured by our own clock, as some providers never say when
 * somebody signed in there.
 * @throws AppError 401 auth.sign_in_again, whose details say where
 */
export function requireRecent({ clock }: Identity, session: BrowserSession): void {
  if (clock.now() - Date.parse(session.signedInAt) <= RECENT_SECONDS * 1_000) return
  const url = `/auth/web/login?provider=${encodeURIComponent(session.provider)}`
  throw identityProblems.signInAgain({
    details: [{ path: 'session', message: url, code: 'sign_in_again' }],
  })
}
