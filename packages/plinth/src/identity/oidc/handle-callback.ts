import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { SignInFault } from '../identity.events.ts'
import { authEvents } from '../identity.events.ts'
import type { Identity } from '../identity-deps.ts'
import { clearCookie, setCookie, tokenCookie } from '../sessions/cookie.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { FinishDeps, FinishedLogin } from './finish-login.ts'
import { finishLogin } from './finish-login.ts'
import { isState, loginCookieName, loginCookieRule, loginCookies } from './login-cookies.ts'
import type { OidcRouteDeps } from './oidc-route-deps.ts'
import type { PendingLogin } from './pending-logins.repository.ts'
import { takePendingLogin } from './pending-logins.repository.ts'

type CallbackContext = Context & {
  readonly query: {
    readonly state?: unknown
    readonly code?: unknown
    readonly error?: unknown
    readonly iss?: unknown
  }
}

/** Takes the provider's answer: a session, or back to the start page (contract 4.2, D20). */
export async function handleCallback(deps: OidcRouteDeps, context: CallbackContext): Promise<void> {
  const { identity } = deps
  const { request, reply, query } = context
  const { cookieName, pending, state } = await takeLogin(identity, context)
  // From here on this pending login is used up, whatever comes of it.
  reply.header('set-cookie', clearCookie(loginCookieRule(identity.cookie), cookieName))
  const finished = await finishLogin(finishDeps(deps), {
    pending,
    state,
    query: { code: query.code, error: query.error, iss: query.iss },
    actor: context.actor,
    userAgent: request.headers['user-agent'],
    formerToken: tokenCookie(request.headers.cookie, identity.cookieName),
  })
  if (finished.code !== 'signed_in') return refuse(identity, context, { pending, finished })
  const maxAgeSeconds = identity.app.session_max_age
  const cookie = { name: identity.cookieName, value: finished.session.token, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
  reply.redirect(finished.returnTo, 302)
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
): Promise<{ cookieName: string; pending: PendingLogin; state: string }> {
  const { request, query } = context
  const rule = loginCookieRule(identity.cookie)
  if (loginCookies(rule, request.headers.cookie).length === 0) {
    await recordFailure(identity, context, { reason: 'login_cookie_missing' })
    throw identityProblems.missingLogin()
  }
  const state = isState(query.state) ? query.state : ''
  const cookieName = state === '' ? '' : loginCookieName(rule, state)
  const cookie = tokenCookie(request.headers.cookie, cookieName)
  const key = state !== '' && cookie ? keyOf(state, cookie) : undefined
  const now = isoTime(identity.clock.now())
  const pending = key && (await takePendingLogin(identity.platform, key, now))
  if (pending === undefined) {
    await recordFailure(identity, context, { reason: 'login_unknown' })
    throw identityProblems.invalidLogin()
  }
  return { cookieName, pending, state }
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
  context.reply.redirect('/', 302)
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
