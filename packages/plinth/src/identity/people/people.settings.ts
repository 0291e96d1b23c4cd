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
})

/** Parsed {@link peopleSettings}. */
export type PeopleSettings = z.output<typeof peopleSettings>
