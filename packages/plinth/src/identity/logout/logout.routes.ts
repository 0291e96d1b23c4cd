import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { handleBackchannelLogout } from './handle-backchannel-logout.ts'
import { handleInitiateLogin } from './handle-initiate-login.ts'
import { handleLoggedOut } from './handle-logged-out.ts'
import type { LogoutRouteDeps } from './logout-route-deps.ts'

// As in the routes of sign-in: what is wrong with a field is answered in the words of its standard.
const anything = z.unknown().optional()
const LONGEST_BODY_BYTES = 16_384

/** What providers and their pages call when somebody signs out, or should sign in, over there. */
export function logoutRoutes(deps: LogoutRouteDeps): readonly RouteOptions[] {
  return [backchannel(deps), ...fromTheBrowser(deps)]
}

function backchannel(deps: LogoutRouteDeps): RouteOptions {
  return route('POST /auth/web/backchannel-logout/:provider', {
    access: open('an identity provider proves itself by a signed logout token'),
    anonymous: true,
    tenant: 'none',
    takesForm: true,
    bodyLimitBytes: LONGEST_BODY_BYTES,
    summary: 'Ends the sessions that a logout token of the provider names.',
    params: { provider: z.string() },
    body: z.object({ logout_token: z.string().optional() }),
    status: 200,
    otherQueryIgnored: true,
    raises: [
      identityProblems.unknownProvider,
      identityProblems.logoutRefused,
      identityProblems.tooManyLogouts,
    ],
    handle: (context) => handleBackchannelLogout(deps, context),
  })
}

function fromTheBrowser(deps: LogoutRouteDeps): readonly RouteOptions[] {
  const loggedOut = route('GET /auth/web/logged-out', {
    status: 302,
    access: open('the identity provider sends the browser back after sign-out'),
    anonymous: true,
    tenant: 'none',
    summary: 'Takes the browser to the start page after sign-out at the provider.',
    query: { state: anything },
    otherQueryIgnored: true,
    anyQuery: true,
    raises: [identityProblems.logoutState],
    handle: async (context) => handleLoggedOut(deps, context),
  })
  const frontchannel = route('GET /auth/web/frontchannel-logout', {
    access: open('says that front-channel logout is not offered, and does nothing'),
    anonymous: true,
    tenant: 'none',
    summary: 'Front-channel logout is not offered: back-channel logout is.',
    otherQueryIgnored: true,
    raises: [identityProblems.frontchannelLogout],
    // A GET that any page can embed must not sign anybody out, whatever iss and sid it names.
    handle: async () => {
      throw identityProblems.frontchannelLogout()
    },
  })
  const initiate = route('GET /auth/web/initiate-login', {
    status: 302,
    access: open('another site sends a person here to sign in'),
    anonymous: true,
    limit: 'sign_in',
    tenant: 'none',
    summary: 'Starts a sign-in that another site asks for, at one of the configured providers.',
    query: { iss: anything, target_link_uri: anything },
    otherQueryIgnored: true,
    anyQuery: true,
    raises: [identityProblems.unknownProvider],
    handle: async (context) => handleInitiateLogin(deps, context),
  })
  return [loggedOut, frontchannel, initiate].map((one) => ({ ...one, exposeHeadRoute: false }))
}
