import type { StepUp } from '../../access/index.ts'
import { stepUpFault } from '../../access/index.ts'
import type { RequestContext } from '../context.ts'
import { httpProblems } from '../http.errors.ts'

const SIGN_IN = '/auth/web/login'

/** Names the fact in a problem's details that says where to sign in again. */
export const SIGN_IN_AGAIN = 'sign_in_again'

/**
 * Refuses a sign-in that is too old or too weak for a route, and says how to do better: a program
 * reads the challenge of RFC 9470 3, a person follows the address.
 * @throws AppError 401 access.insufficient_user_authentication
 */
export function demandStepUp(context: RequestContext, demand: StepUp, nowSeconds: number): void {
  const { principal, reply } = context
  if (principal === undefined) return
  const fault = stepUpFault(principal.credential, demand, nowSeconds)
  if (fault === undefined) return
  reply.header('www-authenticate', challenge(demand))
  const url = signInAgain(demand)
  throw httpProblems.stepUp({
    message: `This needs a sign-in that is more recent or stronger. Sign in again at ${url}.`,
    details: [{ path: 'session', message: url, code: SIGN_IN_AGAIN }],
    reason: fault,
  })
}

/** Where a person signs in again so that a demand is met. Made of the declaration only. */
function signInAgain({ maxAgeSeconds, acr, prompt }: StepUp): string {
  const query = new URLSearchParams({
    ...(maxAgeSeconds !== undefined && { max_age: String(maxAgeSeconds) }),
    ...(acr !== undefined && { acr_values: acr.join(' ') }),
    ...(prompt !== undefined && { prompt }),
  })
  return `${SIGN_IN}?${query}`
}

function challenge({ maxAgeSeconds, acr }: StepUp): string {
  return [
    'Bearer error="insufficient_user_authentication"',
    'error_description="A more recent or stronger sign-in is needed"',
    ...(acr === undefined ? [] : [`acr_values="${acr.join(' ')}"`]),
    ...(maxAgeSeconds === undefined ? [] : [`max_age="${maxAgeSeconds}"`]),
  ].join(', ')
}
