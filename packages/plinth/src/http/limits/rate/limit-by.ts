import type { FastifyRequest } from 'fastify'
import type { Quota } from '../../../feature/index.ts'
import type { CountedVisit } from './visit.ts'

const slot = Symbol('plinth.visit')
type Carrier = { [slot]?: CountedVisit }

/** Called once for each request at the door. */
export function setVisit(request: FastifyRequest, visit: CountedVisit): void {
  ;(request as Carrier)[slot] = visit
}

/** The account of a request. */
export function visitOf(request: FastifyRequest): CountedVisit | undefined {
  return (request as Carrier)[slot]
}

/**
 * Counts a request of a route against something that only its handler knows, and refuses one too
 * many: `await limitBy(request, 'sign_in', userName)` is the account's part of the class sign-in.
 * Whether an account of that name exists must not matter to whoever asks, so ask before looking.
 * @param limit the class sign-in with its figures, or a quota of the route's own
 * @param key what is counted, in one spelling; only its hash is kept
 * @throws AppError 429 http.rate_limited with Retry-After
 * @throws TypeError for a request that Plinth does not guard
 */
export async function limitBy(
  request: FastifyRequest,
  limit: 'sign_in' | Quota,
  key: string,
): Promise<void> {
  const visit = visitOf(request)
  if (visit === undefined) throw new TypeError('this request is not served by Plinth')
  await visit.limitBy(limit, key)
}
