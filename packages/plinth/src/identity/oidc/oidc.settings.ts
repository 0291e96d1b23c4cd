import { z } from 'zod'
import { credential, httpUrl, origins } from '../../config/index.ts'
import { isLoopbackHost } from '../../outbound/index.ts'
import { ID_TOKEN_ALGORITHMS } from './id-token-claims.ts'

const PROVIDER_NAME = /^[a-z][a-z0-9_-]{0,31}$/

const endpoint = (meaning: string) =>
  z
    .string()
    .refine(isEndpoint, 'is not an https URL without user name and fragment')
    .optional()
    .describe(`${meaning}; taken from the provider's discovery document when absent.`)

/** One OpenID provider. */
export const providerSettings = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether people may sign in through this provider.'),
  dev_only: z
    .boolean()
    .default(false)
    .describe('Whether the provider is left out in production, as a development provider must be.'),
  client_id: z
    .string()
    .max(512)
    .optional()
    .describe('Client id that the provider knows this service by; without it the provider is off.'),
  client_secret: credential()
    .optional()
    .describe('Client secret, sent to the token endpoint only (client_secret_basic).'),
  issuer: z
    .string()
    .refine(isIssuer, 'is not an https issuer; http is accepted on loopback only')
    .describe('Issuer, exactly as the provider spells it in its discovery document and tokens.'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
    .default(['openid', 'email', 'profile'])
    .refine((scopes) => scopes.includes('openid'), 'must contain openid')
    .describe('Scopes that are asked for, exactly these.'),
  id_token_algorithms: z
    .array(z.enum(ID_TOKEN_ALGORITHMS))
    .min(1)
    .default(['RS256', 'RS512', 'ES256', 'ES384'])
    .describe('Signature algorithms that its ID tokens may bear.'),
  authorization_endpoint: endpoint('Where browsers are sent to sign in'),
  token_endpoint: endpoint('Where a code is exchanged for tokens'),
  userinfo_endpoint: endpoint('Where claims are fetched that the ID token lacks'),
  jwks_uri: endpoint('Where the keys of the ID tokens are published'),
  end_session_endpoint: endpoint('Where browsers are sent to sign out'),
})

/** Settings of sign-in through OpenID providers (`oidc` in config.yaml). */
export const oidcSettings = z.strictObject({
  providers: z
    .record(z.string().regex(PROVIDER_NAME), providerSettings)
    .default({})
    .describe('OpenID providers by name.'),
  default_provider: z
    .string()
    .regex(PROVIDER_NAME)
    .default('keycloak')
    .describe('Provider of a sign-in that names none.'),
  global_redirect_uri: httpUrl()
    .optional()
    .describe(
      'Callback URL registered at the providers; app.base_url/auth/web/callback when absent.',
    ),
  allowed_redirect_hosts: origins()
    .default([])
    .describe('Origins beside our own to which return_to may lead after sign-in.'),
  pending_login_seconds: z
    .int()
    .min(60)
    .max(3_600)
    .default(600)
    .describe('Seconds a person may take to sign in at the provider.'),
  jwks_cache_ttl_seconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(3_600)
    .describe('Seconds that a provider’s keys and discovery document are kept.'),
  refresh_tokens: z
    .strictObject({
      enabled: z
        .boolean()
        .default(false)
        .describe('Whether a refreshed session also uses the provider’s refresh token.'),
      persist_in_session_store: z
        .boolean()
        .default(false)
        .describe('Whether that token is kept, encrypted, beside the session; enabled needs it.'),
      max_session_lifetime_seconds: z
        .int()
        .min(60)
        .max(31_536_000)
        .default(86_400)
        .describe('Seconds after sign-in at which a session ends, however often it is refreshed.'),
    })
    .prefault({})
    .describe('Refresh tokens of the providers, and the cap of a session’s life.'),
})

/** Parsed {@link oidcSettings}. */
export type OidcSettings = z.output<typeof oidcSettings>

/** Parsed {@link providerSettings}. */
export type ProviderSettings = z.output<typeof providerSettings>

function isIssuer(text: string): boolean {
  const url = URL.parse(text)
  return url !== null && isEndpoint(text) && url.search === ''
}

/** https, or http on loopback, without user name and fragment (RP-84). */
export function isEndpoint(text: string): boolean {
  const url = URL.parse(text)
  if (url === null || text.length > 2_048 || url.username || url.password || url.hash) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname))
}
