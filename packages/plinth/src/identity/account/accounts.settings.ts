import { z } from 'zod'
import { lockoutSettings } from '../attempts/attempts.settings.ts'
import { passwordSettings } from '../password/password.settings.ts'

/** Settings of people who sign in without a provider (`accounts` in config.yaml). */
export const accountSettings = z.strictObject({
  registration: z
    .enum(['off', 'invitation', 'open'])
    .default('invitation')
    .describe(
      'Who may make an account here: nobody, people who were invited, or anybody with an e-mail address.',
    ),
  sign_in_form: z
    .boolean()
    .default(true)
    .describe(
      'Whether the sign-in page asks for a name and a password; off where everybody comes through a provider.',
    ),
  verification_hours: z
    .int()
    .min(1)
    .max(72)
    .default(24)
    .describe('Hours in which the link to confirm an e-mail address can be used.'),
  reset_minutes: z
    .int()
    .min(5)
    .max(60)
    .default(30)
    .describe('Minutes in which the link to set a new password can be used.'),
  password: passwordSettings.prefault({}).describe('What a password must be, and what one costs.'),
  lockout: lockoutSettings.prefault({}).describe('How guessing is slowed down.'),
})

/** Parsed {@link accountSettings}. */
export type AccountSettings = z.output<typeof accountSettings>
