import { z } from 'zod'
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.ts'

const name = () => z.string().min(1).max(512)

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
      roles: name()
        .default('roles')
        .describe('Claim that names roles; realm_access.roles reaches into an object.'),
      scope: name()
        .default('scope')
        .describe('Claim that names scopes; scp is read when it is absent.'),
    })
    .prefault({})
    .describe('Where access tokens say what their holder may do.'),
})

/** Parsed {@link jwtSettings}. */
export type JwtSettings = z.output<typeof jwtSettings>
