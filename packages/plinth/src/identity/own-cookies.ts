import type { Context } from '../feature/index.ts'
import type { Browser, Challenge } from './enter.ts'
import type { Identity } from './identity-deps.ts'
import { clearCookie, cookieName, setCookie, tokenCookie } from './sessions/cookie.ts'
import type { MintedSession } from './sessions/mint-session.ts'

/** Page on which a person brings a second factor; the web room renders it. */
export const SECOND_FACTOR_PAGE = '/auth/second-factor'

type WithCookies = Pick<Identity, 'cookie' | 'cookieName' | 'app'>

/** What the browser of a request is, and what it brings along. */
export function browserOf(identity: WithCookies, { request }: Context): Browser {
  const { cookie, 'user-agent': userAgent } = request.headers
  return {
    userAgent,
    formerToken: tokenCookie(cookie, identity.cookieName),
    rememberedDevice: tokenCookie(cookie, rememberedCookieName(identity)),
  }
}

/** Gives a browser its session. */
export function setSessionCookie(
  identity: WithCookies,
  { reply }: Context,
  { token }: Pick<MintedSession, 'token'>,
): void {
  const maxAgeSeconds = identity.app.session_max_age
  const cookie = { name: identity.cookieName, value: token, maxAgeSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
}

/**
 * Gives a browser the challenge of a sign-in that lacks a second factor: where a redirect ends it, no
 * body could carry the token, and a URL would show it.
 */
export function setChallengeCookie(
  identity: WithCookies,
  { reply }: Context,
  { token, expiresInSeconds }: Pick<Challenge, 'token' | 'expiresInSeconds'>,
): void {
  const name = challengeCookieName(identity)
  const cookie = { name, value: token, maxAgeSeconds: expiresInSeconds }
  reply.header('set-cookie', setCookie(identity.cookie, cookie))
}

/** The challenge that a browser brings. */
export function challengeCookie(identity: WithCookies, { request }: Context): string | undefined {
  return tokenCookie(request.headers.cookie, challengeCookieName(identity))
}

/** Takes the challenge from a browser: it was met, or is void. */
export function clearChallengeCookie(identity: WithCookies, { reply }: Context): void {
  reply.header('set-cookie', clearCookie(identity.cookie, challengeCookieName(identity)))
}

function challengeCookieName({ cookie }: WithCookies): string {
  return cookieName(cookie, 'mfa_challenge')
}

/** Name of the cookie by which a browser is remembered after a second factor. */
export function rememberedCookieName({ cookie }: Pick<WithCookies, 'cookie'>): string {
  return cookieName(cookie, 'mfa_remembered')
}
