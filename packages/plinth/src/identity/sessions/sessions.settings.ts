import { z } from 'zod'

/** Settings of sessions (`sessions` in config.yaml); their length is `app.session_max_age`. */
export const sessionSettings = z.strictObject({
  fingerprint: z
    .enum(['lenient', 'strict'])
    .default('lenient')
    .describe(
      'What happens when a session comes from another kind of browser: lenient audits it and refuses to refresh it, strict also treats the request as not signed in.',
    ),
})

/** Parsed {@link sessionSettings}. */
export type SessionSettings = z.output<typeof sessionSettings>
