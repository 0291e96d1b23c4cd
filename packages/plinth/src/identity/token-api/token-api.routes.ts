import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { createRefusalLimit } from '../../http/index.ts'
import { accountProblems } from '../account/account.errors.ts'
import type { Identity } from '../identity-deps.ts'
import { handleLogin, loginAnswer, loginBody } from './handle-login.ts'
import { handleLogout } from './handle-logout.ts'
import { handleRefresh } from './handle-refresh.ts'
import { tokenApiProblems } from './token-api.errors.ts'
import { tokenAnswer } from './token-api.ts'
import type { TokenRouteDeps } from './token-route-deps.ts'

// Whatever stands there is answered as a refresh token that is none, never as a miss of the schema.
const carried = z
  .strictObject({
    refresh_token: z
      .unknown()
      .optional()
      .meta({ type: 'string' })
      .describe('Unless the cookie carries it.'),
  })
  .nullish()
const LONGEST_BODY_BYTES = 16_384
/** Refused refresh tokens that one address may send in a minute. */
const REFUSED_TOKENS = { most: 30, windowMs: 60_000 }

/**
 * `POST /auth/login`, `POST /auth/refresh` and `POST /auth/logout`: the token API of people (contract 5). A credential in
 * a header is not looked at, because what is sent with a refresh is an access token that is over.
 */
export function tokenApiRoutes(identity: Identity): readonly RouteOptions[] {
  const refusals = createRefusalLimit({ clock: identity.clock, ...REFUSED_TOKENS })
  const deps: TokenRouteDeps = { identity, api: identity.tokenApi, own: identity.own, refusals }
  const { cookie } = deps.api
  const common = {
    anonymous: true,
    tenant: 'none',
    ownSitesOnly: true,
    browserCookie: cookie.name,
    bodyLimitBytes: LONGEST_BODY_BYTES,
    body: carried,
  } as const
  const refresh = route('POST /auth/refresh', {
    ...common,
    access: open('a refresh token is its own credential'),
    summary: 'Gives a new access token and the successor of the refresh token.',
    returns: tokenAnswer,
    raises: [
      tokenApiProblems.missingRefreshToken,
      tokenApiProblems.invalidRefreshToken,
      tokenApiProblems.refreshTokenExpired,
      tokenApiProblems.refreshTokenReused,
      tokenApiProblems.twoRefreshTokens,
      tokenApiProblems.tooManyRefusals,
    ],
    handle: (context) => handleRefresh(deps, context),
  })
  const logout = route('POST /auth/logout', {
    ...common,
    access: open('a refresh token is its own credential'),
    summary: 'Ends the sign-in that a refresh token belongs to.',
    returns: z.object({ revoked_at: z.string() }),
    raises: [
      tokenApiProblems.missingRefreshToken,
      tokenApiProblems.invalidRefreshToken,
      tokenApiProblems.unknownTokenSession,
      tokenApiProblems.twoRefreshTokens,
      tokenApiProblems.tooManyRefusals,
    ],
    handle: (context) => handleLogout(deps, context),
  })
  return [loginRoute(identity), refresh, logout]
}

function loginRoute(identity: Identity): RouteOptions {
  return route('POST /auth/login', {
    access: open('somebody signs in with a password'),
    anonymous: true,
    tenant: 'none',
    ownSitesOnly: true,
    limit: 'sign_in',
    bodyLimitBytes: LONGEST_BODY_BYTES,
    summary: 'Signs in with a name and a password: the client gets tokens.',
    body: loginBody,
    returns: loginAnswer,
    raises: [
      accountProblems.invalidCredentials,
      accountProblems.passwordResetRequired,
      accountProblems.busy,
      tokenApiProblems.signInAtProvider,
    ],
    handle: (context) => handleLogin(identity, context),
  })
}
