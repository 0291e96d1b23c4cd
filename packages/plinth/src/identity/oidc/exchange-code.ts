import type { Clock } from '../../kernel/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import type { SignInFault } from '../identity.events.ts'
import type { PendingLogin } from './pending-logins.repository.ts'
import type { Provider } from './provider.ts'
import type { Tokens } from './token-endpoint.ts'
import { requestTokens } from './token-endpoint.ts'
import { completeClaims } from './userinfo.ts'
import type { IdTokenClaims } from './verify-id-token.ts'
import { verifyIdToken } from './verify-id-token.ts'

/** What exchanging a code needs. */
export interface ExchangeDeps {
  readonly outbound: Outbound
  readonly clock: Clock
}

/** A pending login, its provider and the code of its callback. */
export interface CodeExchange {
  readonly provider: Provider
  readonly pending: PendingLogin
  readonly code: string
}

/** Verified claims and the tokens they came with, or why there are none. */
export type ExchangedCode =
  | { readonly ok: true; readonly claims: IdTokenClaims; readonly tokens: Tokens }
  | ExchangeFault

/** A reason for the audit log, and its detail. */
export interface ExchangeFault {
  readonly ok: false
  readonly reason: SignInFault
  readonly fault: string
}

const REASONS = {
  refused: 'token_refused',
  invalid: 'token_answer_invalid',
  unreachable: 'provider_unavailable',
} as const

/** Exchanges a code for claims: token endpoint, ID token, and UserInfo for what that lacks. */
export async function exchangeCode(
  { outbound, clock }: ExchangeDeps,
  { provider, pending, code }: CodeExchange,
): Promise<ExchangedCode> {
  const answer = await requestTokens(outbound, provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: pending.redirect_uri,
    code_verifier: pending.code_verifier,
  })
  if (!answer.ok) return failed(REASONS[answer.code], answer.fault)
  const { accessToken, idToken } = answer.tokens
  if (idToken === undefined) return failed('token_answer_invalid', 'answer_id_token')
  const verified = await verify(provider, idToken, {
    nonce: pending.nonce,
    accessToken,
    code,
    nowSeconds: epochSeconds(clock),
  })
  if (verified === 'keys') return failed('provider_unavailable', 'keys')
  if (!verified.ok) return failed('id_token_invalid', verified.fault)
  const completed = await completeClaims(outbound, provider, {
    claims: verified.claims,
    accessToken,
  })
  if (!completed.ok) return failed('userinfo_invalid', completed.fault)
  return { ok: true, claims: completed.claims, tokens: answer.tokens }
}

/** What an ID token of this moment is bound to. */
export interface TokenBindings {
  readonly nonce: string | undefined
  readonly accessToken: string | undefined
  readonly code: string | undefined
  readonly nowSeconds: number
}

/** Verifies an ID token of a provider; `keys` when its keys cannot be had. */
export async function verify(provider: Provider, idToken: string, bindings: TokenBindings) {
  try {
    return await verifyIdToken(idToken, {
      ...bindings,
      issuer: provider.issuer,
      clientId: provider.clientId,
      algorithms: provider.algorithms,
      findKeys: provider.keys.find,
    })
  } catch {
    return 'keys' as const
  }
}

function failed(reason: SignInFault, fault: string): ExchangeFault {
  return { ok: false, reason, fault }
}
