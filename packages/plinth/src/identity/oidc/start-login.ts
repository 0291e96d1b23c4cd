import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import { hashToken, newId, newToken } from '../../kernel/index.ts'
import type { BrowserSession } from '../browser-session.ts'
import type { Fingerprints } from '../sessions/fingerprint.ts'
import { authorizationUrl } from './authorization-url.ts'
import type { Demand } from './demand.ts'
import type { Metadata } from './discovery.ts'
import { requireEndpoint } from './discovery.ts'
import { insertPendingLogin } from './pending-logins.repository.ts'
import type { Provider } from './provider.ts'

/** What starting a sign-in needs. */
export interface StartDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly fingerprints: Fingerprints
  /** Callback URL, from settings only. */
  readonly redirectUri: string
  readonly pendingSeconds: number
}

/** Through whom, whereto, and in which browser. */
export interface StartRequest {
  readonly provider: Provider
  readonly metadata: Pick<Metadata, 'authorizationEndpoint'>
  /** Already the result of `safeReturnTo`. */
  readonly returnTo: string
  readonly userAgent: string | undefined
  readonly demand: Demand
  /** The session that asks; undefined when a person just signs in. */
  readonly asked:
    | (Pick<BrowserSession, 'person' | 'family'> & { readonly purpose: 'step_up' | 'link' })
    | undefined
}

/** A sign-in that has started. */
export interface StartedLogin {
  /** Where the browser goes. */
  readonly url: string
  readonly state: string
  /** Value of the login cookie: binds the state to this browser. */
  readonly cookie: string
}

/** Starts a sign-in: fresh secrets, kept on the server under the hashes of state and cookie. */
export async function startLogin(deps: StartDeps, request: StartRequest): Promise<StartedLogin> {
  const { provider, metadata } = request
  const secrets = { state: newToken(), nonce: newToken(), codeVerifier: newToken() }
  const cookie = newToken()
  const now = deps.clock.now()
  await insertPendingLogin(deps.platform, {
    id: newId<'pending-login'>(deps.clock),
    stateHash: hashToken('pending-login', secrets.state),
    cookieHash: hashToken('pending-login', cookie),
    provider: provider.name,
    nonce: secrets.nonce,
    code_verifier: secrets.codeVerifier,
    redirect_uri: deps.redirectUri,
    return_to: request.returnTo,
    purpose: request.asked?.purpose ?? 'sign_in',
    max_age_seconds: request.demand.maxAgeSeconds,
    acr_values: request.demand.acr,
    person_id: request.asked?.person ?? null,
    session_family_id: request.asked?.family ?? null,
    fingerprint: deps.fingerprints.ofBrowser(request.userAgent),
    created_at: new Date(now).toISOString(),
    expires_at: new Date(now + deps.pendingSeconds * 1_000).toISOString(),
  })
  const login = { ...secrets, redirectUri: deps.redirectUri, demand: request.demand }
  return {
    url: authorizationUrl(provider, requireEndpoint(metadata.authorizationEndpoint), login),
    state: secrets.state,
    cookie,
  }
}
