import type { Clock } from '../../kernel/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import type { Grants } from './grants.ts'
import type { Mint } from './mint.ts'
import { GOOD_PROFILE } from './mint.ts'
import type { Endpoint, EvilSays, Json } from './says.ts'

/** What answering needs. */
export interface AnswerDeps {
  readonly mint: Mint
  readonly grants: Grants
  readonly clock: Clock
}

/** What an endpoint says now; undefined for one that answers no JSON. */
export function answerOf(
  deps: AnswerDeps,
  endpoint: Endpoint,
  { say, form }: { readonly say: EvilSays; readonly form: URLSearchParams },
): unknown {
  const good = goodAnswer(deps, endpoint, { say, form })
  return good && (say.bend[endpoint]?.(good) ?? good)
}

function goodAnswer(
  deps: AnswerDeps,
  endpoint: Endpoint,
  { say, form }: { readonly say: EvilSays; readonly form: URLSearchParams },
): Json | undefined {
  switch (endpoint) {
    case 'discovery':
      return say.discovery
    case 'jwks':
      return { keys: say.keys }
    case 'userinfo':
      return { sub: 'subject-1', ...GOOD_PROFILE, ...say.userinfo }
    case 'revoke':
      return {}
    case 'token':
      return tokenAnswer(deps, say, form)
    default:
      return undefined
  }
}

function tokenAnswer(deps: AnswerDeps, say: EvilSays, form: URLSearchParams): Json {
  return {
    access_token: 'opaque-access-token',
    token_type: 'Bearer',
    expires_in: 300,
    id_token: idToken(deps, say, form),
    ...say.token,
  }
}

/** A refreshed ID token has no nonce; neither has one for a code that was not issued to this login. */
function idToken({ mint, grants, clock }: AnswerDeps, say: EvilSays, form: URLSearchParams) {
  const grant = grants.redeem(form)
  const login = grant && { ...grant, challenge: undefined, auth_time: epochSeconds(clock) }
  const { key, header, signature } = say
  return mint.id({ ...login, ...say.claims }, { key, header, signature })
}
