import type { FastifyReply, RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { route } from '../../feature/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { SignInFault } from '../identity.events.ts'
import { authEvents } from '../identity.events.ts'
import type { Identity } from '../identity-deps.ts'
import { clearCookie, setCookie, tokenCookie } from '../sessions/cookie.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { FinishDeps, FinishedLogin } from './finish-login.ts'
import { finishLogin } from './finish-login.ts'
import {
  dropOldest,
  isState,
  loginCookieName,
  loginCookieRule,
  loginCookies,
} from './login-cookies.ts'
import type { PendingLogin } from './pending-logins.repository.ts'
import { takePendingLogin } from './pending-logins.repository.ts'
import type { Provider } from './provider.ts'
import type { Providers } from './providers.ts'
import { safeReturnTo } from './return-to.ts'
import type { StartedLogin } from './start-login.ts'
import { startLogin } from './start-login.ts'

/** What the two routes of a sign-in share. */
export interface OidcRouteDeps {
  readonly identity: Identity
  readonly providers: Providers
}

// Query fields are taken as they come, also twice: what is wrong with them is answered as contract
// 4 says, never as a validation error, and everything else in the query is ignored.
const anything = z.unknown().optional()

/** `GET /auth/web/login` and `GET /auth/web/callback` (contract 4.1, 4.2). */
export function oidcRoutes(deps: OidcRouteDeps): readonly RouteOptions[] {
  const login = route('GET /auth/web/login', {
    access: open('a person signs in'),
    // A cookie that is broken or stolen must not keep anybody from signing in.
    anonymous: true,
    tenant: 'none',
    summary: 'Sends the browser to the identity provider.',
    query: { provider: anything, return_to: anything },
    otherQueryIgnored: true,
    raises: [identityProblems.unknownProvider, identityProblems.providerUnavailable],
    handle: (context) => handleLogin(deps, context),
  })
  const callback = route('GET /auth/web/callback', {
    access: open('the identity provider sends the browser back'),
    anonymous: true,
    tenant: 'none',
    summary: 'Takes the answer of the identity provider and opens a session.',
    query: { state: anything, code: anything, error: anything, iss: anything },
    otherQueryIgnored: true,
    raises: [identityProblems.missingLogin, identityProblems.invalidLogin],
    handle: (context) => handleCallback(deps, context),
  })
  // HEAD would start a sign-in, or use one up, for nobody.
  return [login, callback].map((options) => ({ ...options, exposeHeadRoute: false }))
}

type LoginContext = Context & {
  readonly query: { readonly provider?: unknown; readonly return_to?: unknown }
}

async function handleLogin({ identity, providers }: OidcRouteDeps, context: LoginContext) {
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
  redirect(reply, url)
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

type CallbackContext = Context & {
  readonly query: {
    readonly state?: unknown
    readonly code?: unknown
    readonly error?: unknown
    readonly iss?: unknown
  }
}

async function handleCallback(deps: OidcRouteDeps, context: CallbackContext): Promise<void> {
  const { identity } = deps
  const { request, reply, query } = context
  const { cookieName, pending } = await takeLogin(identity, context)
  // From here on this pending login is used up, whatever comes of it.
  reply.header('set-cookie', clearCookie(loginCookieRule(identity.cookie), cookieName))
  const finished = await finishLogin(finishDeps(deps), {
    pending,
    query: { code: query.code, error: query.error, iss: query.iss },
    actor: context.actor,
    userAgent: request.headers['user-agent'],
    formerToken: tokenCookie(request.headers.cookie, identity.cookieName),
  })
  if (finished.code !== 'signed_in') return refuse(identity, context, { pending, finished })
  const maxAgeSeconds = identity.app.session_max_age
  const cookie = { name: identity.cookieName, value: finished.session.token, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
  redirect(reply, finished.returnTo)
}

function finishDeps({ identity, providers }: OidcRouteDeps): FinishDeps {
  const { enabled, persist_in_session_store: persist } = identity.oidc.refresh_tokens
  return {
    ...identity,
    sessions: identity.mint,
    baseUrl: identity.app.base_url,
    providers,
    keepsRefreshTokens: enabled && persist,
  }
}

/** Takes the pending login of this state and this browser; nothing is touched when there is none. */
async function takeLogin(
  identity: Identity,
  context: CallbackContext,
): Promise<{ readonly cookieName: string; readonly pending: PendingLogin }> {
  const { request, query } = context
  const rule = loginCookieRule(identity.cookie)
  if (loginCookies(rule, request.headers.cookie).length === 0) {
    await recordFailure(identity, context, { reason: 'login_cookie_missing' })
    throw identityProblems.missingLogin()
  }
  const cookieName = isState(query.state) ? loginCookieName(rule, query.state) : ''
  const cookie = tokenCookie(request.headers.cookie, cookieName)
  const key = isState(query.state) && cookie ? keyOf(query.state, cookie) : undefined
  const now = isoTime(identity.clock.now())
  const pending = key && (await takePendingLogin(identity.platform, key, now))
  if (pending === undefined) {
    await recordFailure(identity, context, { reason: 'login_unknown' })
    throw identityProblems.invalidLogin()
  }
  return { cookieName, pending }
}

function keyOf(state: string, cookie: string) {
  return {
    stateHash: hashToken('pending-login', state),
    cookieHash: hashToken('pending-login', cookie),
  }
}

async function refuse(
  identity: Identity,
  context: Context,
  failure: {
    readonly pending: PendingLogin
    readonly finished: Exclude<FinishedLogin, { code: 'signed_in' }>
  },
): Promise<void> {
  const { pending, finished } = failure
  await recordFailure(identity, context, { ...finished, provider: pending.provider })
  if (finished.code === 'other_login') throw identityProblems.invalidLogin()
  redirect(context.reply, '/')
}

/** One audit row for each sign-in that failed, outside of any transaction that could take it back. */
async function recordFailure(
  { platform }: Identity,
  { actor }: Context,
  { reason, ...data }: { reason: SignInFault; fault?: string; provider?: string },
): Promise<void> {
  const { fault, provider } = data
  const facts = { ...(fault && { fault }), ...(provider && { provider }) }
  const event = authEvents.sign_in({ outcome: 'failed', reason, data: facts })
  await recordOutside(platform, actor, event)
}

function redirect(reply: FastifyReply, url: string): void {
  reply.redirect(url, 302)
}
