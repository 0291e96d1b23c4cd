import type { Context } from '../../feature/index.ts'
import { newToken } from '../../kernel/index.ts'
import type { Identity } from '../identity-deps.ts'
import { cookieName, setCookie, tokenCookie } from '../sessions/cookie.ts'

type WithCookies = Pick<Identity, 'cookie' | 'accounts'>

/** What tells the browser in which somebody asked for an account from any other. */
export function registrationCookie(
  { cookie }: WithCookies,
  { request }: Context,
): string | undefined {
  return tokenCookie(request.headers.cookie, nameOf(cookie))
}

/** Has the browser keep it until the link is too old. */
export function keepRegistrationCookie(identity: WithCookies, context: Context): string {
  const { cookie, accounts } = identity
  const value = registrationCookie(identity, context) ?? newToken()
  const maxAgeSeconds = accounts.verification_hours * 3_600
  context.reply.header(
    'set-cookie',
    setCookie(cookie, { name: nameOf(cookie), value, maxAgeSeconds }),
  )
  return value
}

function nameOf(cookie: WithCookies['cookie']): string {
  return cookieName(cookie, 'registration')
}
