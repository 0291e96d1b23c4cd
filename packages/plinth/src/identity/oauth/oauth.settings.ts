import { z } from 'zod'
import { CLIENT_AUTHENTICATIONS } from './client-authentications.ts'

/** Settings of machine clients (`oauth` in config.yaml). */
export const oauthSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Whether machines may get tokens at /oauth/token; off, there is nothing under /oauth.',
    ),
  access_ttl_minutes: z
    .int()
    .min(1)
    .max(60)
    .default(15)
    .describe('Minutes for which the token of a machine is good.'),
  client_authentication: z
    .array(z.enum(CLIENT_AUTHENTICATIONS))
    .min(1)
    .default([...CLIENT_AUTHENTICATIONS])
    .describe(
      'How machines may prove themselves; private_key_jwt alone is the strongest: nothing that is sent can be used again.',
    ),
})

/** Parsed {@link oauthSettings}. */
export type OAuthSettings = z.output<typeof oauthSettings>
