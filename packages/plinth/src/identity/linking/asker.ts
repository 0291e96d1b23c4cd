import type { SignedInAccess } from '../../access/index.ts'
import type { Context, ContextFor } from '../../feature/index.ts'
import type { BrowserSession } from '../browser-session.ts'
import { findBrowserSession } from '../browser-session.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { setCookie, tokenCookie } from '../sessions/cookie.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import { isoTime } from '../sessions/mint-session.ts'
import { isSessionPrincipal } from '../sessions/session.ts'
import type { Asker } from './linking-deps.ts'

/** The context of a route that asks for somebody signed in. */
export type SignedInContext = ContextFor<SignedInAccess>

/**
 * Who asks. Accounts are linked in a browser, by its session: a token or a key proves no browser,
 * and a session from another kind of browser may be stolen (D7).
 * @throws AppError auth.invalid_session
 */
export function askerOf({ cookieName }: Identity, { principal, request }: SignedInContext): Asker {
  const token = tokenCookie(request.headers.cookie, cookieName)
  const isBrowser = isSessionPrincipal(principal) && principal.browserMatches
  if (token === undefined || !isBrowser) throw identityProblems.invalidSession()
  return { token, userAgent: request.headers['user-agent'] }
}

/**
 * The session of whoever asks.
 * @throws AppError auth.invalid_session
 */
export async function sessionOf(
  identity: Identity,
  context: SignedInContext,
): Promise<BrowserSession> {
  const { token } = askerOf(identity, context)
  const now = isoTime(identity.clock.now())
  const session = await findBrowserSession(identity.platform, token, now)
  if (session === undefined) throw identityProblems.invalidSession()
  return session
}

/** Hands a session's new id to the browser; answers its CSRF token. */
export function giveSession(
  identity: Identity,
  { principal, reply }: Pick<SignedInContext, 'principal'> & Pick<Context, 'reply'>,
  session: MintedSession,
): string {
  const maxAgeSeconds = identity.app.session_max_age
  const cookie = { name: identity.cookieName, value: session.token, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
  const credential = { ...principal.credential, id: session.id }
  return identity.csrfTokenFor({ ...principal, credential }) ?? ''
}
