import { recordOutside } from '../../audit/index.ts'
import type { Context } from '../../feature/index.ts'
import type { ErrorDetail, Problem } from '../../kernel/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { identityProblems } from '../identity.errors.ts'
import type { SignInFault } from '../identity.events.ts'
import { authEvents } from '../identity.events.ts'
import type { Identity } from '../identity-deps.ts'
import { linkPage } from '../linking/link-page.ts'
import {
  browserOf,
  SECOND_FACTOR_PAGE,
  setChallengeCookie,
  setSessionCookie,
} from '../own-cookies.ts'
import { clearCookie, tokenCookie } from '../sessions/cookie.ts'
import { isoTime } from '../sessions/mint-session.ts'
import type { FinishDeps, FinishedLogin } from './finish-login.ts'
import { finishLogin } from './finish-login.ts'
import { isState, loginCookieName, loginCookieRule, loginCookies } from './login-cookies.ts'
import type { OidcRouteDeps } from './oidc-route-deps.ts'
import { keptStrictBack, takeOwnStep } from './own-step.ts'
import type { PendingLogin } from './pending-logins.repository.ts'
import { takePendingLogin } from './pending-logins.repository.ts'

type CallbackContext = Context & {
  readonly params: { readonly provider?: string }
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
  const { reply, query, params } = context
  // The session that a step-up or a link belongs to must be seen, and the page after this one too.
  if (keptStrictBack(identity.cookie, context)) return takeOwnStep(context)
  const { cookieName, pending, state } = await takeLogin(identity, context)
  // From here on this pending login is used up, whatever comes of it.
  reply.header('set-cookie', clearCookie(loginCookieRule(identity.cookie), cookieName))
  const finished = await finishLogin(finishDeps(deps), {
    pending,
    state,
    query: { code: query.code, error: query.error, iss: query.iss },
    arrivedAt: params.provider,
    actor: context.actor,
    browser: browserOf(identity, context),
  })
  if (finished.code === 'failed' || finished.code === 'other_login')
    return refuse(identity, context, { pending, finished })
  if (finished.code === 'offered') return reply.redirect(linkPage(finished.offer), 302)
  if (finished.code === 'mfa_required' || finished.code === 'mfa_enrolment_required') {
    setChallengeCookie(identity, context, finished.challenge)
    const query = new URLSearchParams({ return_to: finished.returnTo })
    return reply.redirect(`${SECOND_FACTOR_PAGE}?${query}`, 302)
  }
  if (finished.code === 'signed_in') setSessionCookie(identity, context, finished.session)
  return reply.redirect(finished.returnTo, 302)
}

function finishDeps({ identity, providers }: OidcRouteDeps): FinishDeps {
  const { enabled, persist_in_session_store: persist } = identity.oidc.refresh_tokens
  return {
    ...identity,
    ...identity.enter,
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
    throw invalidLogin()
  }
  return { cookieName, pending, state }
}

function keyOf(state: string, cookie: string) {
  return {
    stateHash: hashToken('pending-login', state),
    cookieHash: hashToken('pending-login', cookie),
  }
}

const { invalidLogin, stepUpFailed, otherPerson, sessionChanged, identityTaken } = identityProblems

/** What a person can do something about; all else leads to the start page (contract 4.2). */
const REFUSALS: Readonly<Partial<Record<SignInFault, Problem>>> = {
  sign_in_too_old: stepUpFailed,
  sign_in_too_weak: stepUpFailed,
  other_person: otherPerson,
  session_changed: sessionChanged,
  identity_taken: identityTaken,
}

async function refuse(
  identity: Identity,
  context: Context,
  failure: {
    readonly pending: PendingLogin
    readonly finished: Extract<FinishedLogin, { code: 'failed' | 'other_login' }>
  },
): Promise<void> {
  const { pending, finished } = failure
  await recordFailure(identity, context, { ...finished, provider: pending.provider })
  const problem = finished.code === 'other_login' ? invalidLogin : REFUSALS[finished.reason]
  if (problem === stepUpFailed) throw stepUpFailed({ details: [tryAgain(pending)] })
  if (problem !== undefined) throw problem()
  context.reply.redirect('/', 302)
}

/** Where to make up for what the provider did not confirm: the same demand, and the same way back. */
function tryAgain(pending: PendingLogin): ErrorDetail {
  const { max_age_seconds: age, acr_values: acr, provider, return_to } = pending
  const query = new URLSearchParams({
    provider,
    ...(age !== null && { max_age: String(age) }),
    ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    return_to,
  })
  return { path: 'session', message: `/auth/web/login?${query}`, code: 'sign_in_again' }
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
