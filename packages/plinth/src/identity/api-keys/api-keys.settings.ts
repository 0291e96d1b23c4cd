import { z } from 'zod'

const DAY_LIMIT = 36_500

/** Settings of API keys (`api_keys` in config.yaml). */
export const apiKeySettings = z.strictObject({
  default_lifetime_days: z
    .int()
    .min(1)
    .max(DAY_LIMIT)
    .default(365)
    .describe('Days after which a key ends that was made without saying when.'),
  max_lifetime_days: z
    .int()
    .min(1)
    .max(DAY_LIMIT)
    .nullable()
    .default(null)
    .describe('Most days that a key may be good for; null also allows keys that never end.'),
  max_per_owner: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe(
      'Keys that one person or service account may have in one tenant, ended ones not counted.',
    ),
  max_rate_limit: z
    .int()
    .min(1)
    .max(1_000_000)
    .default(1_000)
    .describe(
      'Most requests a minute that a key may be given over HTTP; the command line may give more.',
    ),
  rotation_overlap_seconds: z
    .int()
    .min(0)
    .max(30 * 86_400)
    .default(86_400)
    .describe('Seconds that a rotated key still works, where the rotation does not say otherwise.'),
  announce_days: z
    .int()
    .min(0)
    .max(365)
    .default(14)
    .describe(
      'Days before the end of a key in which whoever is behind it is told by mail; 0 tells nobody.',
    ),
  cache_entries: z
    .int()
    .min(0)
    .max(1_000_000)
    .default(10_000)
    .describe(
      'Keys that one process keeps in memory, so that most requests need not look them up; 0 asks the database each time.',
    ),
})

/** Parsed {@link apiKeySettings}. */
export type ApiKeySettings = z.output<typeof apiKeySettings>
