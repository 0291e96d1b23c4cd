import { z } from 'zod'

const count = (least: number, most: number, fallback: number, meaning: string) =>
  z.int().min(least).max(most).default(fallback).describe(meaning)

/** Settings of the worker (`jobs` in config.yaml). */
export const jobsSettings = z.strictObject({
  in_api: z
    .boolean()
    .default(true)
    .describe('Whether a process that serves HTTP runs jobs too; false where workers run apart.'),
  concurrency: count(
    1,
    1_000,
    5,
    'Most jobs that one worker runs at once; each holds a connection.',
  ),
  poll_interval_ms: count(
    50,
    60_000,
    500,
    'Milliseconds between two looks for new jobs while there is nothing to do.',
  ),
  retry_delay_seconds: count(
    1,
    3_600,
    5,
    'Seconds before the first retry of a failed job; each further one waits about twice as long.',
  ),
  retry_delay_max_seconds: count(1, 86_400, 3_600, 'Longest wait in seconds between two retries.'),
  drain_timeout_ms: count(
    0,
    600_000,
    20_000,
    'Milliseconds that running jobs get to finish after SIGTERM before they are interrupted.',
  ),
  keep_finished_days: count(1, 365, 7, 'Days for which finished and dead jobs are kept.'),
  keep_personal_hours: count(
    1,
    8_760,
    24,
    'Hours for which they are kept where they tell something of people: mail, SMS, registrations, resets of passwords, and what a service declares `personal`.',
  ),
})

/** The parsed settings of the worker. */
export type JobsSettings = z.output<typeof jobsSettings>
