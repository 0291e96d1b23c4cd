import type { Context } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { ownReturnTo } from '../own-return-to.ts'
import { clearCookie, setCookie } from '../sessions/cookie.ts'
import {
  dropOldest,
  loginCookieName,
  loginCookieRule,
  loginCookies,
  scriptedLoginCookieRule,
} from './login-cookies.ts'
import type { Provider } from './provider.ts'
import type { StartRequest } from './start-login.ts'
import { startLogin } from './start-login.ts'

/** What a browser is about to do at a provider. */
export interface Beginning extends Pick<StartRequest, 'provider' | 'demand' | 'asked'> {
  /** As the caller wrote it. */
  readonly returnTo: unknown
}

/**
 * Starts a sign-in in this browser: its cookie, and room for it among those that wait (D20).
 * @returns where the browser must go
 * @throws AppError 503 auth.provider_unavailable
 */
export async function beginLogin(
  identity: Identity,
  context: Pick<Context, 'request' | 'reply' | 'log'>,
  { provider, demand, asked, returnTo }: Beginning,
): Promise<string> {
  const { request, reply } = context
  const metadata = await metadataOf(provider, context.log)
  const ruleFor = asked?.purpose === 'link' ? scriptedLoginCookieRule : loginCookieRule
  const rule = ruleFor(identity.cookie)
  const dropped = await dropOldest(identity.platform, loginCookies(rule, request.headers.cookie))
  const started = await startLogin(startDeps(identity, provider), {
    provider,
    metadata,
    demand,
    asked,
    returnTo: ownReturnTo(identity, returnTo),
    userAgent: request.headers['user-agent'],
  })
  for (const name of dropped) reply.header('set-cookie', clearCookie(rule, name))
  const { state, cookie: value, url } = started
  const maxAgeSeconds = identity.oidc.pending_login_seconds
  const name = loginCookieName(rule, state)
  reply.header('set-cookie', setCookie(rule, { name, value, maxAgeSeconds }))
  return url
}

async function metadataOf(provider: Provider, log: Context['log']) {
  return provider.metadata().catch((error: unknown) => {
    log.warn({ provider: provider.name, error }, 'the identity provider cannot be reached')
    throw identityProblems.providerUnavailable({ cause: error, retryAfterSeconds: 10 })
  })
}

function startDeps({ platform, clock, fingerprints, oidc, app }: Identity, provider: Provider) {
  const shared = oidc.global_redirect_uri ?? `${app.base_url}/auth/web/callback`
  const redirectUri = provider.ownCallback ? `${shared}/${provider.name}` : shared
  return { platform, clock, fingerprints, redirectUri, pendingSeconds: oidc.pending_login_seconds }
}
