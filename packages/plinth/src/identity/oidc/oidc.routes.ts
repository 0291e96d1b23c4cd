import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { handleCallback } from './handle-callback.ts'
import { handleLogin } from './handle-login.ts'
import type { OidcRouteDeps } from './oidc-route-deps.ts'

// Query fields are taken as they come, also twice: what is wrong with them is answered as contract
// 4 says, never as a validation error, and everything else in the query is ignored.
const anything = z.unknown().optional()

/** `GET /auth/web/login` and `GET /auth/web/callback` (contract 4.1, 4.2). */
export function oidcRoutes(deps: OidcRouteDeps): readonly RouteOptions[] {
  // HEAD would start a sign-in, or use one up, for nobody.
  return [loginRoute(deps), ...callbackRoutes(deps)].map((options) => ({
    ...options,
    exposeHeadRoute: false,
  }))
}

function loginRoute(deps: OidcRouteDeps): RouteOptions {
  return route('GET /auth/web/login', {
    status: 302,
    access: open('a person signs in'),
    // A cookie that is broken or stolen must not keep anybody from signing in.
    anonymous: true,
    limit: 'sign_in',
    // Another site must not begin a sign-in in somebody's browser (SB-45).
    ownSitesOnly: true,
    tenant: 'none',
    summary: 'Sends the browser to the identity provider.',
    query: {
      provider: anything,
      return_to: anything,
      max_age: anything,
      acr_values: anything,
      prompt: anything,
    },
    otherQueryIgnored: true,
    anyQuery: true,
    raises: [identityProblems.unknownProvider, identityProblems.providerUnavailable],
    handle: (context) => handleLogin(deps, context),
  })
}

const answer = {
  access: open('the identity provider sends the browser back'),
  anonymous: true,
  limit: 'sign_in',
  tenant: 'none',
  summary: 'Takes the answer of the identity provider and opens a session.',
  query: { state: anything, code: anything, error: anything, iss: anything },
  otherQueryIgnored: true,
  raises: [
    identityProblems.missingLogin,
    identityProblems.invalidLogin,
    identityProblems.stepUpFailed,
    identityProblems.otherPerson,
    identityProblems.sessionChanged,
    identityProblems.identityTaken,
  ],
} as const

/** The callback of all providers, and one for each that has its own (`own_callback`). */
function callbackRoutes(deps: OidcRouteDeps): readonly RouteOptions[] {
  const shared = route('GET /auth/web/callback', {
    status: 302,
    ...answer,
    handle: (context) => handleCallback(deps, context),
  })
  const own = route('GET /auth/web/callback/:provider', {
    status: 302,
    ...answer,
    params: { provider: z.string() },
    handle: (context) => handleCallback(deps, context),
  })
  return [shared, own]
}
