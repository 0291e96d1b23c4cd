import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CorsRules } from '../deps.ts'
import type { Origins } from '../guard/origin.ts'

const ANSWER_HEADERS =
  'X-Request-ID, ETag, Location, Retry-After, RateLimit, RateLimit-Policy, Content-Disposition'
const PREFLIGHT_SECONDS = '600'

/** Lets pages of the allowed origins read answers. Any other origin gets no header at all. */
export function createCors(
  rules: CorsRules,
  { allowed }: Origins,
): (request: FastifyRequest, reply: FastifyReply) => void {
  const methods = rules.methods.join(', ')
  const headers = rules.headers.join(', ')
  return (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined || !allowed.has(origin)) return
    reply.header('access-control-allow-origin', origin)
    if (rules.allow_credentials) reply.header('access-control-allow-credentials', 'true')
    if (request.method !== 'OPTIONS') {
      reply.header('access-control-expose-headers', ANSWER_HEADERS)
      return
    }
    reply.header('access-control-allow-methods', methods)
    reply.header('access-control-allow-headers', headers)
    reply.header('access-control-max-age', PREFLIGHT_SECONDS)
  }
}
