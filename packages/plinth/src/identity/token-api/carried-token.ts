import type { FastifyRequest } from 'fastify'
import { sameText } from '../../kernel/index.ts'
import { cookiePairs } from '../sessions/cookie.ts'
import type { RefreshCookie } from './refresh-cookie.ts'
import type { TokenSession } from './refresh-tokens.repository.ts'
import { tokenApiProblems } from './token-api.errors.ts'
import type { RefreshIn } from './token-api.ts'

/** The one refresh token of a request. */
export interface CarriedToken {
  readonly token: string
  readonly place: RefreshIn
  /** Whether the request shows the CSRF token of a sign-in; one without the cookie needs none. */
  readonly mayUse: (session: TokenSession) => boolean
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/**
 * Finds the refresh token of a request, in its body or in its cookie.
 * @throws AppError 400 for both at once (D5), 401 for none, and for what cannot be one
 */
export function carriedToken(
  cookie: RefreshCookie,
  { headers }: FastifyRequest,
  sent: unknown,
): CarriedToken {
  const isInCookie = cookiePairs(headers.cookie).some(([name]) => name === cookie.name)
  const isInBody = sent !== undefined && sent !== null
  if (isInCookie && isInBody) throw tokenApiProblems.twoRefreshTokens()
  if (!isInCookie && !isInBody) throw tokenApiProblems.missingRefreshToken()
  const token = isInCookie ? cookie.read(headers.cookie) : sent
  if (typeof token !== 'string' || !TOKEN.test(token)) throw tokenApiProblems.invalidRefreshToken()
  if (!isInCookie) return { token, place: 'body', mayUse: () => true }
  // That it is there, and that a page of ours sent it, http has seen to.
  const shown = headers['x-csrf-token']
  const mayUse = ({ session }: TokenSession) =>
    typeof shown === 'string' && sameText(cookie.csrfTokenFor(session), shown)
  return { token, place: 'cookie', mayUse }
}
