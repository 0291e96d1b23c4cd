import type { Clock } from '../../kernel/index.ts'
import { epochSeconds } from '../../kernel/index.ts'
import type { Outbound } from '../../outbound/index.ts'
import type { SignInFault } from '../identity.events.ts'
import { describePerson } from './oauth2-claims.ts'
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

/** A pending login, its provider, and code and state of its callback. */
export interface CodeExchange {
  readonly provider: Provider
  readonly pending: Pick<PendingLogin, 'redirect_uri' | 'code_verifier' | 'nonce'>
  readonly code: string
  readonly state: string
}

/** Verified claims and the tokens they came with, or why there are none. */
export type ExchangedCode =
  | {
      readonly ok: true
      readonly claims: IdTokenClaims
      readonly tokens: Tokens
    }
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

/** Exchanges a code for claims: token endpoint, then ID token, or UserInfo of a provider without. */
export async function exchangeCode(
  deps: ExchangeDeps,
  { provider, pending, code, state }: CodeExchange,
): Promise<ExchangedCode> {
  const answer = await requestTokens(deps.outbound, provider, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: pending.redirect_uri,
    code_verifier: pending.code_verifier,
  })
  if (!answer.ok) return failed(REASONS[answer.code], answer.fault)
  const { tokens } = answer
  const bindings = { nonce: pending.nonce, code, state, accessToken: tokens.accessToken }
  const identified =
    provider.protocol === 'oauth2'
      ? await byUserInfo(deps, provider, tokens)
      : await byIdToken(deps, provider, { idToken: tokens.idToken, ...bindings })
  if (!identified.ok) return identified
  // What the provider does not say was granted as asked (RFC 6749 5.1).
  return { ...identified, tokens: { ...tokens, scopes: tokens.scopes ?? provider.scopes } }
}

type Identified = { readonly ok: true; readonly claims: IdTokenClaims } | ExchangeFault

async function byUserInfo(
  { outbound }: ExchangeDeps,
  provider: Provider,
  { accessToken }: Tokens,
): Promise<Identified> {
  const described = await describePerson(outbound, provider, accessToken)
  if (described.ok) return described
  const isDown = described.fault === 'unanswered'
  return failed(isDown ? 'provider_unavailable' : 'userinfo_invalid', described.fault)
}

/** An ID token and what it is bound to. */
interface BoundIdToken {
  readonly idToken: string | undefined
  readonly nonce: string
  readonly code: string
  readonly state: string
  readonly accessToken: string
}

/** Claims by ID token, and by UserInfo what that lacks. */
async function byIdToken(
  { outbound, clock }: ExchangeDeps,
  provider: Provider,
  { idToken, ...bindings }: BoundIdToken,
): Promise<Identified> {
  if (idToken === undefined) return failed('token_answer_invalid', 'answer_id_token')
  const verified = await verify(provider, idToken, { ...bindings, nowSeconds: epochSeconds(clock) })
  if (verified === 'keys') return failed('provider_unavailable', 'keys')
  if (!verified.ok) return failed('id_token_invalid', verified.fault)
  const completed = await completeClaims(outbound, provider, {
    claims: verified.claims,
    accessToken: bindings.accessToken,
  })
  return completed.ok ? completed : failed('userinfo_invalid', completed.fault)
}

/** What an ID token of this moment is bound to. */
export interface TokenBindings {
  readonly nonce: string | undefined
  readonly accessToken: string | undefined
  readonly code: string | undefined
  readonly state?: string | undefined
  readonly nowSeconds: number
}

/** Verifies an ID token of a provider; `keys` when its keys cannot be had. */
export async function verify(provider: Provider, idToken: string, bindings: TokenBindings) {
  try {
    return await verifyIdToken(idToken, {
      ...bindings,
      isIssuer: provider.isIssuer,
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
