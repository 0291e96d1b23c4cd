import { z } from 'zod'

const DAY_MS = 86_400_000
const requests = (fallback: number, meaning: string) =>
  z.int().min(1).max(1_000_000_000).default(fallback).describe(meaning)
const windowMs = (fallback: number, meaning: string) =>
  z.int().min(1_000).max(DAY_MS).default(fallback).describe(meaning)
const MINUTE_MS = 60_000

const quota = (fallback: number, whose: string) =>
  z
    .strictObject({
      requests: requests(fallback, `Requests that ${whose} may make in a window.`),
      window_ms: windowMs(MINUTE_MS, `Milliseconds of the window of ${whose}.`),
    })
    .prefault({})

const ENDPOINT = /^((GET|POST|PUT|PATCH|DELETE) )?\/\S*$/

/**
 * How often the service may be asked (`rate_limiter` in config.yaml). `requests` and `window_ms`
 * have the names that older templates gave them, and mean the routes of sign-in.
 */
export const rateLimiterSettings = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'Whether addresses, principals and routes are limited; false leaves the limits of sign-in, of single API keys and of failed credentials.',
    ),
  requests: requests(
    10,
    'Requests to a route of the class sign-in (sign-in, registration, reset, second factor) that an address may make in a window, and that may be made for an account.',
  ),
  window_ms: windowMs(MINUTE_MS, 'Milliseconds of the window of the class sign-in.'),
  per_endpoint: z
    .boolean()
    .default(true)
    .describe(
      'Whether each path of the class sign-in is counted for itself; false counts all of them together.',
    ),
  per_method: z
    .boolean()
    .default(true)
    .describe(
      'Whether each method of the class sign-in is counted for itself; false counts all methods together.',
    ),
  per_address: quota(1_200, 'an address (IPv6: a network of 64 bits)'),
  per_principal: quota(600, 'a principal (a person, or what acts as one)'),
  failed_credentials: quota(60, 'an address with tokens or API keys that are not valid'),
  route_factor: z
    .number()
    .gt(0)
    .max(1_000_000)
    .default(1)
    .describe(
      'What the quotas are multiplied by that routes declare for themselves; the class sign-in and endpoints stay as they are.',
    ),
  endpoints: z
    .record(
      z.string().regex(ENDPOINT, {
        error: 'must be a path or METHOD /path, for example "POST /api/v1/products"',
      }),
      z.strictObject({
        requests: requests(10, 'Requests to this route in a window.'),
        window_ms: windowMs(MINUTE_MS, 'Milliseconds of the window of this route.'),
      }),
    )
    .default({})
    .describe(
      'Limits of single routes, by the path as routes declare it with or without a method; they replace what the route declares.',
    ),
  fallback_share: z
    .number()
    .gt(0)
    .max(1)
    .default(0.5)
    .describe(
      'Part of every limit that each process allows by itself while Redis is configured and does not answer.',
    ),
})

/** Parsed {@link rateLimiterSettings}. */
export type RateLimiterSettings = z.output<typeof rateLimiterSettings>
