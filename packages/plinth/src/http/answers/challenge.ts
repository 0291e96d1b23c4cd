import type { FastifyReply, FastifyRequest } from 'fastify'
import type { AppError } from '../../kernel/index.ts'

const HEADER = 'www-authenticate'

/**
 * Says how to authenticate, as every 401 must (RFC 9110 11.6.1), and to the bearer of a token what is
 * wrong with it (RFC 6750 3.1): never which part of it. A refusal that said more itself keeps its word.
 */
export function addChallenge(request: FastifyRequest, reply: FastifyReply, error: AppError): void {
  if (reply.hasHeader(HEADER)) return
  const bearer = isBearer(request)
  if (error.status === 401) reply.header(HEADER, bearer ? INVALID : 'Bearer')
  if (bearer && error.code === 'access.not_permitted') reply.header(HEADER, INSUFFICIENT)
}

// What came under another scheme is no token, so that none is called invalid.
const BEARER = /^bearer(?: |$)/i

/** Whether a request carries what calls itself a bearer token. */
export function isBearer({ headers }: FastifyRequest): boolean {
  return BEARER.test(headers.authorization ?? '')
}

const INVALID = 'Bearer error="invalid_token"'
const INSUFFICIENT = 'Bearer error="insufficient_scope"'
