import { z } from 'zod'

/** Settings of passkeys (`passkeys` in config.yaml); where they hold follows from `app.base_url`. */
export const passkeySettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('Whether people may add passkeys to their accounts and sign in with them.'),
  user_verification: z
    .enum(['required', 'preferred'])
    .default('required')
    .describe(
      'Whether a device must check that it is its owner, by fingerprint, face or PIN, when a passkey is added or used as a second factor. Signing in with a passkey alone always requires it.',
    ),
  challenge_seconds: z
    .int()
    .min(30)
    .max(900)
    .default(300)
    .describe('Seconds in which a browser must answer a challenge.'),
  max_per_person: z
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe('Passkeys that one person may have.'),
})

/** Parsed {@link passkeySettings}. */
export type PasskeySettings = z.output<typeof passkeySettings>
