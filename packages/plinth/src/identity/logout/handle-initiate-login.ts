import type { Context } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Provider } from '../oidc/provider.ts'
import { safeReturnTo } from '../oidc/return-to.ts'
import type { LogoutRouteDeps } from './logout-route-deps.ts'

type InitiateContext = Context & {
  readonly query: { readonly iss?: unknown; readonly target_link_uri?: unknown }
}

/**
 * Login that a third party starts (OpenID Connect Core 4): becomes a sign-in of our own with our own
 * state, or nothing. The issuer must be one of ours to the letter, and the target follows the rule
 * of `return_to`.
 */
export function handleInitiateLogin(
  { identity, providers }: Pick<LogoutRouteDeps, 'identity' | 'providers'>,
  { query, reply }: InitiateContext,
): void {
  const { iss, target_link_uri: target } = query
  const isOf = (provider: Provider) => typeof iss === 'string' && provider.isIssuer(iss)
  const provider = providers.all.find((one) => one.protocol === 'openid' && isOf(one))
  if (provider === undefined) throw identityProblems.unknownProvider()
  const { app, oidc } = identity
  const { origin: ownOrigin } = new URL(app.base_url)
  const returnTo = safeReturnTo(target, {
    ownOrigin,
    // The target is a URL, where return_to is a path (Core 4).
    allowedOrigins: [ownOrigin, ...oidc.allowed_redirect_hosts],
    fallback: app.post_login_default,
  })
  const login = new URLSearchParams({ provider: provider.name, return_to: returnTo })
  reply.redirect(`/auth/web/login?${login}`, 302)
}
