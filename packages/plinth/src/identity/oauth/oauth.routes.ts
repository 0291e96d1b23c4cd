import type { RouteOptions } from 'fastify'
import { z } from 'zod'
import { open } from '../../access/index.ts'
import { route } from '../../feature/index.ts'
import { createRefusalLimit } from '../../http/index.ts'
import type { Identity } from '../identity-deps.ts'
import { CLIENT_AUTHENTICATIONS } from './client-authentications.ts'
import { ASSERTION_ALGORITHMS } from './client-keys.ts'
import { handleIntrospect, handleRevoke, handleToken } from './handle-oauth.ts'
import type { OAuthDeps } from './oauth-deps.ts'
import { inWordsOfOAuth } from './readable-form.ts'

const LONGEST_BODY_BYTES = 16_384
/** Refused clients that one address may send in a minute. */
const REFUSED_CLIENTS = { most: 30, windowMs: 60_000 }
const text = z.string().optional()
const proof = {
  client_id: text,
  client_secret: text,
  client_assertion: text,
  client_assertion_type: text,
}
const answer = <S extends z.ZodRawShape>(shape: S) =>
  z.object({ ...shape, error: text, error_description: text })
const common = {
  anonymous: true,
  tenant: 'none',
  takesForm: true,
  // Their errors have the form of RFC 6749, not ours; /.well-known/oauth-authorization-server describes them.
  hidden: true,
  status: 200,
  bodyLimitBytes: LONGEST_BODY_BYTES,
} as const

/**
 * `/oauth/token`, `/oauth/introspect`, `/oauth/revoke` and the metadata of RFC 8414: for machines that
 * act as a service account. There is one grant, `client_credentials`, and nothing that a browser is
 * sent to. Errors have the form that RFC 6749 fixes.
 */
export function oauthRoutes(identity: Identity): readonly RouteOptions[] {
  if (!identity.oauth.enabled) return []
  const deps = oauthDeps(identity)
  const forms = [tokenRoute(deps), introspectRoute(deps), revokeRoute(deps)]
  return [...forms.map(inWordsOfOAuth), metadataRoute(identity)]
}

function oauthDeps(identity: Identity): OAuthDeps {
  const { platform, clock, app, own, oauth } = identity
  const audiences = [own.tokens.issuer, `${app.base_url}/oauth/token`]
  return {
    identity,
    proof: { platform, clock, allowed: oauth.client_authentication, audiences },
    refusals: createRefusalLimit({ clock, ...REFUSED_CLIENTS }),
    accessSeconds: oauth.access_ttl_minutes * 60,
  }
}

function tokenRoute(deps: OAuthDeps): RouteOptions {
  return route('POST /oauth/token', {
    ...common,
    access: open('a machine client proves itself'),
    limit: 'sign_in',
    summary: 'Gives a machine client a token (RFC 6749 4.4: client_credentials).',
    body: z.object({ ...proof, grant_type: text, scope: text }),
    returns: answer({
      access_token: text,
      token_type: text,
      expires_in: z.int().optional(),
      scope: text,
    }),
    handle: (context) => handleToken(deps, context),
  })
}

function introspectRoute(deps: OAuthDeps): RouteOptions {
  return route('POST /oauth/introspect', {
    ...common,
    access: open('a machine client proves itself'),
    summary: 'Says whether a token is good at this moment (RFC 7662).',
    body: z.object({ ...proof, token: text, token_type_hint: text }),
    returns: answer({
      active: z.boolean().optional(),
      iss: text,
      sub: text,
      jti: text,
      exp: z.int().optional(),
      scope: text,
      token_type: text,
      client_id: text,
      tenant_id: text,
    }),
    handle: (context) => handleIntrospect(deps, context),
  })
}

function revokeRoute(deps: OAuthDeps): RouteOptions {
  return route('POST /oauth/revoke', {
    ...common,
    access: open('a machine client proves itself'),
    summary: 'Gives up a token of the client (RFC 7009).',
    body: z.object({ ...proof, token: text, token_type_hint: text }),
    returns: answer({}),
    handle: (context) => handleRevoke(deps, context),
  })
}

const METHODS = {
  client_secret: ['client_secret_basic', 'client_secret_post'],
  private_key_jwt: ['private_key_jwt'],
} as const

function metadataRoute({ app, own, oauth }: Identity): RouteOptions {
  const list = z.array(z.string())
  const allowed = CLIENT_AUTHENTICATIONS.filter((one) => oauth.client_authentication.includes(one))
  const methods = allowed.flatMap((one) => METHODS[one])
  return route('GET /.well-known/oauth-authorization-server', {
    access: open('where machine clients find their endpoints'),
    anonymous: true,
    tenant: 'none',
    summary: 'What this service offers to machine clients (RFC 8414).',
    otherQueryIgnored: true,
    returns: z.object({
      issuer: z.string(),
      token_endpoint: z.string(),
      introspection_endpoint: z.string(),
      revocation_endpoint: z.string(),
      jwks_uri: z.string(),
      grant_types_supported: list,
      response_types_supported: list,
      token_endpoint_auth_methods_supported: list,
      token_endpoint_auth_signing_alg_values_supported: list,
      introspection_endpoint_auth_methods_supported: list,
      revocation_endpoint_auth_methods_supported: list,
    }),
    handle: () => ({
      issuer: own.tokens.issuer,
      token_endpoint: `${app.base_url}/oauth/token`,
      introspection_endpoint: `${app.base_url}/oauth/introspect`,
      revocation_endpoint: `${app.base_url}/oauth/revoke`,
      jwks_uri: `${app.base_url}/.well-known/jwks.json`,
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: methods,
      token_endpoint_auth_signing_alg_values_supported: [...ASSERTION_ALGORITHMS],
      introspection_endpoint_auth_methods_supported: methods,
      revocation_endpoint_auth_methods_supported: methods,
    }),
  })
}
