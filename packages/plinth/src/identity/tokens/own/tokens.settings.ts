import { z } from 'zod'
import { SIGNING_ALGORITHMS } from './signing-algorithms.ts'

/** Settings of the tokens that this service gives out itself (`tokens` in config.yaml). */
export const tokenSettings = z.strictObject({
  issuer: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Name of the issuer in our own tokens (`iss`); app.base_url when absent.'),
  audience: z
    .string()
    .min(1)
    .max(512)
    .default('api://default')
    .describe('Whom our own access tokens are for (`aud`): this API.'),
  algorithm: z
    .enum(SIGNING_ALGORITHMS)
    .default('EdDSA')
    .describe(
      'Signature of our own tokens; HS256 can be verified by this service only, and is not published.',
    ),
  access_ttl_minutes: z
    .int()
    .min(1)
    .max(60)
    .default(15)
    .describe('Minutes for which an access token is good.'),
  refresh_ttl_days: z
    .int()
    .min(1)
    .max(365)
    .default(30)
    .describe('Days without a refresh after which a sign-in by the token API ends.'),
  session_lifetime_days: z
    .int()
    .min(1)
    .max(3650)
    .default(90)
    .describe('Days after which a sign-in by the token API ends, however often it is refreshed.'),
  rotate_keys_after_days: z
    .int()
    .min(1)
    .max(730)
    .default(90)
    .describe(
      'Days after which a new key signs; the one before verifies until its last token ends.',
    ),
})

/** Parsed {@link tokenSettings}. */
export type TokenSettings = z.output<typeof tokenSettings>
