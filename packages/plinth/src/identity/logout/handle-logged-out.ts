import type { Context } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { LogoutRouteDeps } from './logout-route-deps.ts'

type LoggedOutContext = Context & { readonly query: { readonly state?: unknown } }

/**
 * Where a provider sends the browser after sign-out there (OpenID Connect RP-Initiated Logout 3): on
 * to the start page. No state is fine, another state is not ours.
 */
export function handleLoggedOut({ identity, states }: LogoutRouteDeps, context: LoggedOutContext) {
  const { state } = context.query
  const isOurs = state === undefined || (typeof state === 'string' && states.accepts(state))
  if (!isOurs) throw identityProblems.logoutState()
  context.reply.redirect(identity.app.post_login_default, 302)
}
