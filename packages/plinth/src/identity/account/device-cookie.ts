import type { Context } from '../../feature/index.ts'
import type { Identity } from '../identity-deps.ts'
import { cookieName, setCookie, tokenCookie } from '../sessions/cookie.ts'

type WithCookies = Pick<Identity, 'cookie' | 'accounts'>

/**
 * What a browser brings since somebody signed in with a password in it. It opens nothing: whoever
 * has it is counted apart from strangers, who can then not lock the person out (MF-10).
 */
export function deviceCookie(identity: WithCookies, { request }: Context): string | undefined {
  return tokenCookie(request.headers.cookie, nameOf(identity))
}

/** Has a browser keep it, for as long as a place is known. */
export function setDeviceCookie(identity: WithCookies, { reply }: Context, value: string): void {
  const maxAgeSeconds = identity.accounts.lockout.known_days * 86_400
  reply.header(
    'set-cookie',
    setCookie(identity.cookie, { name: nameOf(identity), value, maxAgeSeconds }),
  )
}

function nameOf({ cookie }: WithCookies): string {
  return cookieName(cookie, 'sign_in_device')
}
