import type { Context } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { clearCookie, setCookie } from '../sessions/cookie.ts'
import { dropOldest, loginCookieName, loginCookieRule, loginCookies } from './login-cookies.ts'
import type { OidcRouteDeps } from './oidc-route-deps.ts'
import type { Provider } from './provider.ts'
import type { Providers } from './providers.ts'
import { safeReturnTo } from './return-to.ts'
import type { StartedLogin } from './start-login.ts'
import { startLogin } from './start-login.ts'

type LoginContext = Context & {
  readonly query: { readonly provider?: unknown; readonly return_to?: unknown }
}

/** Starts a sign-in and sends the browser to the provider (contract 4.1). */
export async function handleLogin({ identity, providers }: OidcRouteDeps, context: LoginContext) {
  const { request, reply, query } = context
  const provider = findProvider(providers, query.provider)
  const rule = loginCookieRule(identity.cookie)
  const dropped = await dropOldest(identity.platform, loginCookies(rule, request.headers.cookie))
  const started = await start(identity, context, {
    provider,
    returnTo: safeReturnTo(query.return_to, returnToRule(identity)),
  })
  for (const name of dropped) reply.header('set-cookie', clearCookie(rule, name))
  const { state, cookie: value, url } = started
  const maxAgeSeconds = identity.oidc.pending_login_seconds
  const name = loginCookieName(rule, state)
  reply.header('set-cookie', setCookie(rule, { name, value, maxAgeSeconds }))
  reply.redirect(url, 302)
}

const PROVIDER_NAME = /^[a-z][a-z0-9_-]{0,31}$/

function findProvider(providers: Providers, name: unknown): Provider {
  const found = name === undefined || typeof name === 'string' ? providers.find(name) : undefined
  if (found !== undefined) return found
  // Only a name of our own grammar is repeated to the caller.
  const shown = typeof name === 'string' && PROVIDER_NAME.test(name) ? `: ${name}` : ''
  throw identityProblems.unknownProvider({ message: `Unknown provider${shown}` })
}

async function start(
  identity: Identity,
  { request, log }: Context,
  { provider, returnTo }: { readonly provider: Provider; readonly returnTo: string },
): Promise<StartedLogin> {
  const { platform, clock, fingerprints, oidc } = identity
  const metadata = await provider.metadata().catch((error: unknown) => {
    log.warn({ provider: provider.name, error }, 'the identity provider cannot be reached')
    throw identityProblems.providerUnavailable({ cause: error, retryAfterSeconds: 10 })
  })
  const redirectUri = oidc.global_redirect_uri ?? `${identity.app.base_url}/auth/web/callback`
  const pendingSeconds = oidc.pending_login_seconds
  return startLogin(
    { platform, clock, fingerprints, redirectUri, pendingSeconds },
    { provider, metadata, returnTo, userAgent: request.headers['user-agent'] },
  )
}

function returnToRule({ app, oidc }: Identity) {
  return {
    ownOrigin: new URL(app.base_url).origin,
    allowedOrigins: oidc.allowed_redirect_hosts,
    fallback: app.post_login_default,
  }
}
