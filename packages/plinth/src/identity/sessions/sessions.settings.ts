import { z } from 'zod'

/** Settings of sessions (`sessions` in config.yaml); their length is `app.session_max_age`. */
export const sessionSettings = z.strictObject({
  fingerprint: z
    .enum(['lenient', 'strict'])
    .default('lenient')
    .describe(
      'What happens when a session comes from another kind of browser: lenient audits it and refuses to refresh it, strict also treats the request as not signed in.',
    ),
  cache_entries: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Sessions that one process keeps in memory, so that most requests need not look them up; 0 asks the database each time.',
    ),
  max_per_person: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe(
      'Sessions that one person may have at the same time; one more ends the one that signed in first. Without it there is no limit.',
    ),
})

/** Parsed {@link sessionSettings}. */
export type SessionSettings = z.output<typeof sessionSettings>
