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
  const { credential } = principal
  const fault = stepUpFault(credential, demand, nowSeconds)
  if (fault === undefined) return
  reply.header('www-authenticate', challenge(demand))
  const way = credential.kind === 'cookie' ? inBrowser(demand) : WITHOUT_BROWSER[credential.kind]
  throw httpProblems.stepUp({ ...way, reason: fault })
}

/** What a browser does is at an address; its page and the clients find it by the code. */
function inBrowser(demand: StepUp) {
  const url = signInAgain(demand)
  return {
    message: `This needs a sign-in that is more recent or stronger. Sign in again at ${url}.`,
    details: [{ path: 'session', message: url, code: SIGN_IN_AGAIN }],
  }
}

/** A client without a browser's session has no use for that address. */
const WITHOUT_BROWSER = {
  bearer: {
    message:
      'This needs a sign-in that is more recent or stronger than the one behind the access token. Have the person sign in again where the token came from (POST /auth/login for our own), and send the new token; WWW-Authenticate says what it must show.',
  },
  'api-key': {
    message:
      'This needs a person who signed in a moment ago or more strongly, and behind an API key nobody signs in. Do it in a browser, or with the access token of somebody who signed in.',
  },
} as const

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
