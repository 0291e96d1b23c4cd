import { z } from 'zod'

/** How wrong passwords and codes are slowed down (`accounts.lockout` in config.yaml). */
export const lockoutSettings = z.strictObject({
  attempts: z
    .int()
    .min(3)
    .max(20)
    .default(5)
    .describe(
      'Wrong passwords, and apart from them wrong codes, in a row from one network or known browser after which that place is locked for this account. Other places are not.',
    ),
  lock_seconds: z
    .int()
    .min(60)
    .max(86_400)
    .default(900)
    .describe('Seconds of the first lock; each further one takes twice as long.'),
  longest_lock_seconds: z
    .int()
    .min(60)
    .max(604_800)
    .default(86_400)
    .describe('Seconds that no lock exceeds.'),
  known_days: z
    .int()
    .min(1)
    .max(365)
    .default(90)
    .describe(
      'Days for which a network or browser is known after a sign-in from it: attempts of strangers do not lock it.',
    ),
})

/** Parsed {@link lockoutSettings}. */
export type LockoutSettings = z.output<typeof lockoutSettings>
