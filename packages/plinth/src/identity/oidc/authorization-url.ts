import { createHash } from 'node:crypto'
import type { Demand } from './demand.ts'
import type { Provider } from './provider.ts'

/** The secrets of one sign-in: each 256 bits, each for this sign-in only. */
export interface LoginSecrets {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
}

/**
 * Where a browser goes to sign in (OpenID Connect Core 3.1.2.1). Everything comes from settings and
 * from this sign-in, and a checked demand is all that a request adds; PKCE is S256 always, whatever the provider
 * advertises (RFC 7636, RFC 9700 2.1.1).
 */
export function authorizationUrl(
  provider: Provider,
  endpoint: string,
  login: LoginSecrets & { readonly redirectUri: string; readonly demand: Demand },
): string {
  const url = new URL(endpoint)
  const { maxAgeSeconds, acr, prompt } = login.demand
  const query = {
    response_type: 'code',
    client_id: provider.clientId,
    redirect_uri: login.redirectUri,
    scope: provider.scopes.join(' '),
    state: login.state,
    nonce: login.nonce,
    code_challenge: createHash('sha256').update(login.codeVerifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(maxAgeSeconds !== null && { max_age: String(maxAgeSeconds) }),
    ...(acr.length > 0 && { acr_values: acr.join(' ') }),
    ...(prompt !== undefined && { prompt }),
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
