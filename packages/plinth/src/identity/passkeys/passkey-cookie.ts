import type { Context } from '../../feature/index.ts'
import { newToken } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { cookieName, setCookie, tokenCookie } from '../sessions/cookie.ts'

type WithCookie = Pick<Identity, 'cookie'>

/**
 * What makes a browser the one that was asked: a cookie of its own, as nobody is signed in yet. One
 * that is there stays, because a page may ask twice: while a name is typed, and by a button.
 */
export function holdBrowser(
  identity: WithCookie,
  context: Pick<Context, 'request' | 'reply'>,
  maxAgeSeconds: number,
): string {
  const value = heldBrowser(identity, context) ?? newToken()
  const cookie = { name: nameOf(identity), value, maxAgeSeconds }
  context.reply.header('set-cookie', setCookie(identity.cookie, cookie))
  return value
}

/** The cookie of {@link holdBrowser}, as the browser brings it. */
export function heldBrowser(
  identity: WithCookie,
  { request }: Pick<Context, 'request'>,
): string | undefined {
  return tokenCookie(request.headers.cookie, nameOf(identity))
}

function nameOf({ cookie }: WithCookie): string {
  return cookieName(cookie, 'passkey_browser')
}
