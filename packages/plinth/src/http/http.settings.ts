import { z } from 'zod'

const count = (fallback: number, meaning: string) =>
  z.int32().min(1).default(fallback).describe(meaning)

// Node keeps 1,000 header lines and drops the others without an error (CS-29).
const MOST_HEADERS = 999

/** Limits and switches of the HTTP server; times are enforced by Node, sizes before parsing. */
export const httpSettings = z.strictObject({
  body_limit_bytes: count(
    1_048_576,
    'Largest request body in bytes, unless a route says less or more.',
  ),
  url_limit_bytes: count(8_192, 'Longest request target in bytes.'),
  max_headers: z
    .int()
    .min(1)
    .max(MOST_HEADERS)
    .default(200)
    .describe('Most header lines of a request; one more is answered with 431.'),
  headers_timeout_ms: count(10_000, 'Milliseconds in which all headers must have arrived.'),
  request_timeout_ms: count(30_000, 'Milliseconds in which the whole request must have arrived.'),
  idle_socket_timeout_ms: count(
    60_000,
    'Milliseconds without a byte read or written after which a socket is closed.',
  ),
  keep_alive_timeout_ms: count(72_000, 'Milliseconds an idle keep-alive socket stays open.'),
  max_connections: count(
    10_000,
    'Most open sockets of one process; the last one costs the socket that has been idle longest its place, and where all are at work further ones are refused.',
  ),
  json_max_depth: count(32, 'Deepest nesting of a JSON body.'),
  json_max_items: count(10_000, 'Most keys and items of a JSON body.'),
  drain_delay_ms: z
    .int32()
    .min(0)
    .default(0)
    .describe('Milliseconds between failing readiness and closing the socket, for load balancers.'),
  drain_timeout_ms: count(
    20_000,
    'Milliseconds that requests in flight get to finish after SIGTERM.',
  ),
  log_requests: z
    .enum(['all', 'slow', 'none'])
    .default('slow')
    .describe(
      'Which requests are logged at their end: all, those that are slow or failed, or none.',
    ),
  slow_request_ms: count(500, 'Milliseconds after which a request counts as slow.'),
  docs: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .describe('OpenAPI and its page: auto serves them outside production only.'),
  idempotency_hours: count(
    24,
    'Hours for which the answer under an Idempotency-Key is kept, at least.',
  ),
  csp_reports_per_minute: count(
    60,
    'Reports a minute of pages that broke their content policy that are logged; further ones are refused.',
  ),
  hsts: z
    .string()
    .regex(
      /^max-age=\d{1,10}(?:; ?(?:includeSubDomains|preload))*$/,
      'is no such header → write it like max-age=31536000; includeSubDomains',
    )
    .meta({ takes: 'text like max-age=31536000; includeSubDomains; preload' })
    .default('max-age=31536000; includeSubDomains')
    .describe('Strict-Transport-Security, sent when app.base_url is https.'),
})

/** Parsed {@link httpSettings}. */
export type HttpSettings = z.output<typeof httpSettings>
