import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { inPerson } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { identityProblems } from '../identity.errors.ts'
import { mfaProblems } from '../mfa/mfa.errors.ts'
import { listIdentities, removeIdentity, startLink } from './handle-identities.ts'
import { answerOffer, declineOffer, showOffer } from './handle-offer.ts'
import type { LinkingDeps } from './linking-deps.ts'

const identity = z.object({
  id: z.uuid(),
  provider: z.string().describe('Key under oidc.providers.'),
  email: z.string().nullable().describe('Only an address that the provider has verified.'),
  created_at: z.string(),
  last_sign_in_at: z.string().nullable(),
})
const params = { id: z.uuid() }
const { invalidSession, signInAgain, linkOfferGone, identityTaken } = identityProblems
const { stepUpNeeded } = mfaProblems

/** Routes under `/auth/identities`: the accounts that a person signs in with. */
export function linkingRoutes(deps: LinkingDeps): readonly RouteOptions[] {
  return [...identityRoutes(deps), ...offerRoutes(deps)]
}

function identityRoutes(deps: LinkingDeps): readonly RouteOptions[] {
  const list = route('GET /auth/identities', {
    access: inPerson(),
    tenant: 'none',
    summary: 'The accounts that the person can sign in with.',
    returns: z.object({
      identities: z.array(identity.extend({ is_current: z.boolean() })),
      total: z.int(),
    }),
    handle: (context) => listIdentities(deps, context),
  })
  const start = route('POST /auth/identities', {
    access: inPerson(),
    limit: 'sign_in',
    tenant: 'none',
    summary: 'Starts linking one more account: the browser proves it at the provider.',
    body: z.strictObject({ provider: z.string().max(64), return_to: z.string().optional() }),
    returns: z.object({ authorization_url: z.string() }),
    raises: [
      identityProblems.unknownProvider,
      identityProblems.providerUnavailable,
      invalidSession,
      signInAgain,
      stepUpNeeded,
    ],
    handle: (context) => startLink(deps, context),
  })
  return [list, start, removeRoute(deps)]
}

function removeRoute(deps: LinkingDeps): RouteOptions {
  return route('DELETE /auth/identities/:id', {
    access: inPerson(),
    tenant: 'none',
    summary: 'Removes an account and ends the sessions that began with it.',
    params,
    returns: z.object({
      message: z.string(),
      csrf_token: z
        .string()
        .nullable()
        .describe('Null when this browser was signed in with the account: it is signed out.'),
    }),
    raises: [
      identityProblems.unknownIdentity,
      identityProblems.lastIdentity,
      invalidSession,
      signInAgain,
    ],
    handle: (context) => removeIdentity(deps, context),
  })
}

function offerRoutes(deps: LinkingDeps): readonly RouteOptions[] {
  const show = route('GET /auth/identities/offers/:id', {
    access: inPerson(),
    tenant: 'none',
    summary: 'An account that this browser has proved and may link.',
    params,
    returns: z.object({
      id: z.uuid(),
      provider: z.string(),
      email: z.string().nullable(),
      name: z.string(),
      return_to: z.string(),
      expires_at: z.string(),
    }),
    raises: [linkOfferGone, invalidSession],
    handle: (context) => showOffer(deps, context),
  })
  const accept = route('POST /auth/identities/offers/:id', {
    access: inPerson(),
    limit: 'sign_in',
    tenant: 'none',
    summary: 'Links the account; the session gets a new id and a new CSRF token.',
    params,
    status: 201,
    returns: z.object({ identity, csrf_token: z.string(), return_to: z.string() }),
    raises: [linkOfferGone, identityTaken, invalidSession, signInAgain, stepUpNeeded],
    handle: (context) => answerOffer(deps, context),
  })
  const decline = route('DELETE /auth/identities/offers/:id', {
    access: inPerson(),
    tenant: 'none',
    summary: 'Does not link the account.',
    params,
    returns: z.object({ return_to: z.string() }),
    raises: [linkOfferGone, invalidSession],
    handle: (context) => declineOffer(deps, context),
  })
  return [show, accept, decline]
}
