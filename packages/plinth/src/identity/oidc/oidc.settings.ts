import { z } from 'zod'
import { httpUrl, origins } from '../../config/index.ts'
import { isEndpoint } from './endpoint.ts'
import { providerSettings } from './provider.settings.ts'

const PROVIDER_NAME = /^[a-z][a-z0-9_-]{0,31}$/

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
    .describe('Provider of a sign-in that names none; where only one is on, it is that one.'),
  global_redirect_uri: httpUrl()
    .optional()
    .describe(
      'Callback URL registered at the providers; app.base_url/auth/web/callback when absent.',
    ),
  post_logout_redirect_uri: z
    .string()
    .refine(isEndpoint, 'is not an absolute https URL; http is accepted on loopback only')
    .optional()
    .describe(
      'URL to which providers send the browser after sign-out, as registered there; app.base_url/auth/web/logged-out when absent.',
    ),
  allowed_redirect_hosts: origins()
    .default([])
    .describe('Origins beside our own to which a browser may be sent after sign-in or sign-out.'),
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
      most_at_once: z
        .int()
        .min(1)
        .max(1_000)
        .default(4)
        .describe(
          'Refreshes at providers that may be under way in a process; each holds a database connection, and one too many keeps its tokens until the next.',
        ),
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
