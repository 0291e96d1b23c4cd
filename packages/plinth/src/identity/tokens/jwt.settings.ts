import { z } from 'zod'
import { isGrant } from '../../access/index.ts'
import { credential } from '../../config/index.ts'
import { isEndpoint } from '../oidc/endpoint.ts'
import { issuerFields } from '../oidc/provider.settings.ts'
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.ts'

const name = () => z.string().min(1).max(512)

const claim = (usual: string, what: string) =>
  name().default(usual).describe(`Claim that ${what}; a.b reaches into an object.`)

const parties = (what: string) => z.array(name()).optional().describe(what)

const introspection = z
  .strictObject({
    endpoint: z
      .string()
      .refine(isEndpoint, 'is not an https URL without user name and fragment')
      .describe('Introspection endpoint of the issuer (RFC 7662).'),
    client_id: name().describe('Client id that we introspect under.'),
    client_secret: credential().describe('Its secret.'),
    cache_seconds: z
      .int()
      .min(0)
      .max(300)
      .default(30)
      .describe('Seconds that an answer counts; a token that is revoked lives as much longer.'),
  })
  .optional()
  .describe('Where tokens are asked about that are no JWTs; one issuer at most has it.')

/** An issuer whose access tokens count here, though nobody signs in through it. */
export const issuerSettings = z.strictObject({
  issuer: issuerFields.issuer,
  jwks_uri: issuerFields.jwks_uri,
  allowed_tenants: issuerFields.allowed_tenants,
  client_id: name().optional().describe('How the issuer knows this API, where it does.'),
  audiences: parties('Names of this API for tokens of this issuer; jwt.audiences when absent.'),
  authorized_parties: parties(
    'Client ids whose tokens of this issuer count; jwt.authorized_parties when absent.',
  ),
  algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .optional()
    .describe('Signature algorithms of this issuer; jwt.allowed_algorithms when absent.'),
  introspection,
})

/** Parsed {@link issuerSettings}. */
export type IssuerSettings = z.output<typeof issuerSettings>

/** How access tokens of the providers are judged (contract 8.1). */
export const jwtSettings = z.strictObject({
  allowed_algorithms: z
    .array(z.enum(SIGNATURE_ALGORITHMS))
    .min(1)
    .default(['RS256', 'RS512', 'ES256', 'ES384'])
    .describe('Signature algorithms that access tokens may bear.'),
  audiences: z
    .array(name())
    .default(['api://default'])
    .describe('Names of this API; an access token must be for one of them.'),
  authorized_parties: z
    .array(name())
    .optional()
    .describe(
      'Client ids whose access tokens are accepted; when absent, our own client of the provider, and the token’s own audience.',
    ),
  clock_skew: z
    .int()
    .min(0)
    .max(60)
    .default(30)
    .describe('Seconds that our clock and the issuer’s may differ.'),
  claims: z
    .strictObject({
      user_id: claim('sub', 'names the person for good, at its issuer'),
      email: claim('email', 'holds an e-mail address, believed only where email_verified is true'),
      name: claim('name', 'says how to greet the person'),
      username: claim('preferred_username', 'says it where the name is missing'),
      roles: claim('roles', 'names roles (Keycloak: realm_access.roles)'),
      groups: claim('groups', 'names groups; they count like roles'),
      scope: claim('scope', 'names scopes; scp is read when it is absent'),
    })
    .prefault({})
    .describe('Where access tokens say whose they are and what their holder may do.'),
  role_scopes: z
    .record(
      name(),
      z
        .array(z.string().refine(isGrant, 'must look like area:action, area:* or *'))
        .describe('Scopes of that role or group.'),
    )
    .default({})
    .describe('Scopes that a role or group of a token stands for; others stand for none.'),
  without_scopes: z
    .enum(['nothing', 'everything'])
    .default('nothing')
    .describe(
      'What a token may do that carries no scope of ours, neither itself nor by a role: nothing, or whatever its person may do.',
    ),
  provision: z
    .boolean()
    .default(true)
    .describe(
      'Whether a person is made for an account that comes with a token before it ever signed in; else such a token is refused.',
    ),
  issuers: z
    .record(z.string().regex(/^[a-z][a-z0-9_-]{0,62}$/), issuerSettings)
    .default({})
    .describe('Issuers beside the providers whose access tokens count.'),
})

/** Parsed {@link jwtSettings}. */
export type JwtSettings = z.output<typeof jwtSettings>
