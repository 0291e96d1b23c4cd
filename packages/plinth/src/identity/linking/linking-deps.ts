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

/** Seconds after a proof to the provider in which a person may change how they sign in (ASVS 7.5.1). */
const RECENT_SECONDS = 900

/**
 * Refuses a change of accounts long after the person proved who they are: whoever found a browser
 * open, at ours or at the provider's, must not add a door of their own. A provider that says when
 * that was is believed and asked for a recent proof; where one never says, the sign-in itself counts.
 * @throws AppError 401 auth.sign_in_again, whose details say where
 */
export function requireRecent({ clock }: Identity, session: BrowserSession): void {
  if (clock.now() - Date.parse(session.authenticatedAt) <= RECENT_SECONDS * 1_000) return
  const query = new URLSearchParams({
    provider: session.provider,
    max_age: String(RECENT_SECONDS),
  })
  throw identityProblems.signInAgain({
    details: [{ path: 'session', message: `/auth/web/login?${query}`, code: 'sign_in_again' }],
  })
}
