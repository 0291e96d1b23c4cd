import type { FastifyReply, FastifyRequest } from 'fastify'

const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS'
const REQUEST_HEADERS =
  'Content-Type, X-CSRF-Token, Authorization, X-API-Key, X-Tenant-ID, X-Request-ID, If-Match, If-None-Match, Idempotency-Key'
const ANSWER_HEADERS =
  'X-Request-ID, ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Content-Disposition'

/** Lets the listed origins read answers, credentials included. Any other origin gets no header at all. */
export function allowOrigin(
  request: FastifyRequest,
  reply: FastifyReply,
  origins: ReadonlySet<string>,
): void {
  const { origin } = request.headers
  if (origin === undefined || !origins.has(origin)) return
  reply.header('access-control-allow-origin', origin)
  reply.header('access-control-allow-credentials', 'true')
  if (request.method !== 'OPTIONS') {
    reply.header('access-control-expose-headers', ANSWER_HEADERS)
    return
  }
  reply.header('access-control-allow-methods', METHODS)
  reply.header('access-control-allow-headers', REQUEST_HEADERS)
  reply.header('access-control-max-age', '600')
}
