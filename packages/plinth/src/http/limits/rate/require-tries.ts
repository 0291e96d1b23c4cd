import type { FastifyRequest } from 'fastify'
import { visitOf } from './limit-by.ts'

/**
 * For a way to authenticate, before it asks the database or an issuer about a credential that it does
 * not know: where too many of the same address were not valid lately, it is not asked. A credential
 * that is known already is never held back by what others at its address try.
 * @throws AppError 429 http.rate_limited with Retry-After
 */
export async function requireTries(request: FastifyRequest): Promise<void> {
  await visitOf(request)?.requireTries()
}
