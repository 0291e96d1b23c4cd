import type { RouteOptions } from 'fastify'
import { httpProblems } from '../../http/index.ts'
import { AppError } from '../../kernel/index.ts'

// Quotation marks and letters beyond ASCII may not stand in an error_description (RFC 6749 5.2).
const DESCRIPTION =
  'Send one form with each field once, and nothing in the query: the fields of this endpoint are those of its RFC.'
const UNREADABLE: ReadonlySet<string> = new Set([
  httpProblems.malformed.code,
  httpProblems.invalid.code,
])

/**
 * A route that refuses a form it cannot read as RFC 6749 5.2 says it: a client of OAuth looks for
 * `error`, and finds none in a problem. What is wrong with HTTP itself stays a problem.
 */
export function inWordsOfOAuth(route: RouteOptions): RouteOptions {
  return {
    ...route,
    errorHandler: (error: unknown, _request, reply) => {
      // What an error handler throws goes to the one above it.
      if (!(error instanceof AppError) || !UNREADABLE.has(error.code)) throw error
      reply.code(400).header('cache-control', 'no-store').type('application/json')
      return reply.send({ error: 'invalid_request', error_description: DESCRIPTION })
    },
  }
}
