import * as client from 'openid-client'
import type { CookieJar, LoginCredentials } from '../../dev/index.ts'

/** A provider that runs beside the tests, and a person's way through its pages. */
export interface RealProvider extends AsyncDisposable {
  readonly issuer: string
  /** What an authorization request asks for, so that the access token is for the API. */
  readonly forTheApi: Readonly<Record<string, string>>
  /** Audiences that such a token then names. */
  readonly audience: string | readonly string[]
  /** Client that such a token then names (`azp`); undefined where the provider names none. */
  readonly authorizedParty: string | undefined
  /** Follows the provider's pages, fills in its form where it shows one; returns where it sends the browser. */
  logIn(url: string, credentials: LoginCredentials, jar?: CookieJar): Promise<string>
  /** Tells the provider where this service is called when somebody signs out. */
  callAtLogout(url: string): Promise<void>
  /** Signs with a new key from now on; only where the provider can. */
  rotateKeys?(): Promise<void>
}

export const ONE: LoginCredentials = { username: 'testuser1', password: 'password123' }
export const TWO: LoginCredentials = { username: 'testuser2', password: 'password123' }
/** Somebody who cannot fill in a form: only a person who is signed in already comes through. */
export const NOBODY: LoginCredentials = { username: 'testuser1', password: 'wrong-password' }

/** The service’s own client at both providers (contract 23). */
export const CLIENT = { id: 'test-client', secret: 'test-client-secret' } as const
export const CALLBACK = 'http://localhost:8000/auth/web/callback'

/** An access token for the API, as a program with a sign-in of its own gets it. */
export async function accessTokenFrom(provider: RealProvider): Promise<string> {
  const { id, secret } = CLIENT
  const basic = client.ClientSecretBasic(secret)
  const insecure = { execute: [client.allowInsecureRequests] }
  const party = await client.discovery(new URL(provider.issuer), id, undefined, basic, insecure)
  const verifier = client.randomPKCECodeVerifier()
  const [state, nonce] = [client.randomState(), client.randomNonce()]
  const url = client.buildAuthorizationUrl(party, {
    ...provider.forTheApi,
    redirect_uri: CALLBACK,
    scope: 'openid email profile',
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const back = new URL(await provider.logIn(url.href, ONE))
  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce }
  return (await client.authorizationCodeGrant(party, back, checks)).access_token
}
