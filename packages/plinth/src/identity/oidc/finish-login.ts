import type { Actor } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Browser, Entered } from '../enter.ts'
import type { IdentityHooks } from '../hooks.ts'
import type { SignInFault } from '../identity.events.ts'
import type { ProvedAccount } from '../linking/prove-account.ts'
import { proveAccount } from '../linking/prove-account.ts'
import { profileOf } from '../people/profile.ts'
import type { ProvenPerson, SignIn, SignInDeps } from '../sign-in.ts'
import { signIn } from '../sign-in.ts'
import type { CallbackQuery } from './callback-answer.ts'
import { callbackAnswer } from './callback-answer.ts'
import { demandFault } from './demand.ts'
import type { ExchangeDeps } from './exchange-code.ts'
import { exchangeCode } from './exchange-code.ts'
import type { PendingLogin } from './pending-logins.repository.ts'
import type { Provider } from './provider.ts'
import type { Providers } from './providers.ts'
import type { Tokens } from './token-endpoint.ts'
import type { IdTokenClaims } from './verify-id-token.ts'

/** What finishing a sign-in needs. */
export interface FinishDeps extends ExchangeDeps, SignInDeps {
  readonly providers: Providers
  /** Whether the provider's refresh token is kept (`oidc.refresh_tokens`). */
  readonly keepsRefreshTokens: boolean
  readonly hooks?: IdentityHooks | undefined
}

/** A callback whose pending login was taken, and the browser it came from. */
export interface Callback {
  readonly pending: PendingLogin
  /** The state by which the pending login was found. */
  readonly state: string
  readonly query: CallbackQuery
  /** The provider that the callback's path names; undefined at the shared one. */
  readonly arrivedAt: string | undefined
  readonly actor: Actor
  readonly browser: Browser
}

/**
 * How a sign-in ended. `other_login` means that the pending login was not this browser's, or late;
 * `offered` that the person signed in here may link the account.
 */
export type FinishedLogin =
  | (Entered & { readonly returnTo: string })
  | { readonly code: 'already_linked'; readonly returnTo: string }
  | { readonly code: 'offered'; readonly offer: Id<'link-offer'> }
  | { readonly code: 'other_login'; readonly reason: SignInFault }
  | { readonly code: 'failed'; readonly reason: SignInFault; readonly fault?: string }

/** Goes from a provider's answer to a session, straight down; each step can only end it. */
export async function finishLogin(deps: FinishDeps, callback: Callback): Promise<FinishedLogin> {
  const { pending, state, query } = callback
  const foreign = pendingFault(deps, callback)
  if (foreign !== undefined) return { code: 'other_login', reason: foreign }
  const provider = deps.providers.find(pending.provider)
  if (provider === undefined) return { code: 'failed', reason: 'provider_disabled' }
  // An answer of one provider is worth nothing where another's is awaited (RFC 9700 4.4.2.2).
  const awaitedAt = provider.ownCallback ? provider.name : undefined
  if (callback.arrivedAt !== awaitedAt) return { code: 'other_login', reason: 'other_callback' }
  const metadata = await provider.metadata().catch(() => undefined)
  if (metadata === undefined) return { code: 'failed', reason: 'provider_unavailable' }
  const answer = callbackAnswer(provider, metadata, query)
  if (!answer.ok) return { code: 'failed', reason: answer.reason, fault: answer.fault }
  const exchanged = await exchangeCode(deps, { provider, pending, state, code: answer.code })
  if (!exchanged.ok) return { code: 'failed', reason: exchanged.reason, fault: exchanged.fault }
  const weak = demandFault(exchanged.claims, pending, provider.statesAuthTime)
  if (weak !== undefined) return { code: 'failed', reason: weak }
  const proven = provenPerson(deps, callback, { provider, ...exchanged })
  const outcome = await welcome(deps, pending, proven)
  if (outcome.code === 'offered') return outcome
  if (isWelcome(outcome)) return { ...outcome, returnTo: pending.return_to }
  return { code: 'failed', reason: outcome.code }
}

type Outcome = SignIn | ProvedAccount

function isWelcome(
  outcome: Exclude<Outcome, { code: 'offered' }>,
): outcome is Entered | { readonly code: 'already_linked' } {
  const { code } = outcome
  return code === 'signed_in' || code === 'already_linked' || code.startsWith('mfa_')
}

/** What the sign-in was for: a session, or the proof of one more account. */
async function welcome(
  deps: FinishDeps,
  { purpose, person_id: person, session_family_id: family }: PendingLogin,
  proven: ProvenPerson,
): Promise<Outcome> {
  if (purpose !== 'link') return signIn(deps, proven)
  if (person === null || family === null) return { code: 'session_changed' }
  const asked = { by: { person, family }, token: proven.browser.formerToken }
  return proveAccount({ platform: deps.platform, clock: deps.clock }, proven, asked)
}

/** Whether the pending login has expired, or was started in another kind of browser. */
function pendingFault(
  { sessions }: FinishDeps,
  { pending, browser }: Callback,
): SignInFault | undefined {
  if (sessions.clock.now() >= Date.parse(pending.expires_at)) return 'login_expired'
  const seen = sessions.fingerprints.ofBrowser(browser.userAgent)
  return seen.equals(pending.fingerprint) ? undefined : 'other_browser'
}

interface Proof {
  readonly provider: Provider
  readonly claims: IdTokenClaims
  readonly tokens: Tokens
}

function provenPerson(
  deps: FinishDeps,
  callback: Callback,
  { provider, claims, tokens }: Proof,
): ProvenPerson {
  const { pending, actor, browser } = callback
  const authTime = claims['auth_time']
  return {
    issuer: claims.iss,
    subject: claims.sub,
    provider: provider.name,
    profile: {
      ...profileOf(claims),
      ...deps.hooks?.mapClaims?.(claims, { provider: provider.name }),
    },
    authenticatedAt: typeof authTime === 'number' ? authTime * 1_000 : unsaid(deps, provider),
    vouchedAt:
      typeof claims['iat'] === 'number' ? claims['iat'] * 1_000 : deps.sessions.clock.now(),
    acr: textClaim(claims, 'acr'),
    amr: provider.vouchesForTwo(claims['amr']) ? ['fed', 'mfa'] : ['fed'],
    providerSession: textClaim(claims, 'sid'),
    tokens: {
      idToken: tokens.idToken,
      refreshToken: deps.keepsRefreshTokens ? tokens.refreshToken : undefined,
      scopes: tokens.scopes ?? null,
    },
    actor,
    browser,
    expected: pending.purpose === 'step_up' ? (pending.person_id ?? undefined) : undefined,
    returnTo: pending.return_to,
  }
}

/**
 * When somebody proved who they are of whom the provider does not say it: long ago, for all we know,
 * and a step-up then asks for it; now, where the provider never says (ASVS 6.8.4).
 */
function unsaid({ sessions }: FinishDeps, { statesAuthTime }: Provider): number {
  return statesAuthTime ? 0 : sessions.clock.now()
}

const LONGEST_CLAIM = 255

function textClaim(claims: IdTokenClaims, name: 'acr' | 'sid'): string | null {
  const value = claims[name]
  return typeof value === 'string' && value !== '' && value.length <= LONGEST_CLAIM ? value : null
}
