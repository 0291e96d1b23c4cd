import { z } from 'zod'

/** People, and how they are asked in (`people`). */
export const peopleSettings = z.strictObject({
  invitation_hours: z
    .int()
    .min(1)
    .max(720)
    .default(168)
    .describe('Hours for which an invitation can be accepted; sending it again begins anew.'),
  most_invitations: z
    .int()
    .min(1)
    .max(100_000)
    .default(500)
    .describe('Invitations of one tenant that may wait to be accepted at the same time.'),
  keep_invitations_days: z
    .int()
    .min(1)
    .max(3_650)
    .default(90)
    .describe(
      'Days after its end for which an invitation is kept, with the address and whoever never came.',
    ),
})

/** Parsed {@link peopleSettings}. */
export type PeopleSettings = z.output<typeof peopleSettings>
