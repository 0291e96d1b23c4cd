import type { Provider } from './provider.ts'

/** Where a person ends their session at the provider too, and where they come back to. */
export interface LogoutHint {
  readonly idToken: string | undefined
  /** Absolute, and registered at the provider. */
  readonly returnUrl: string
  /** Comes back with the browser; undefined where no page of ours would check it. */
  readonly state: string | undefined
}

/** An ID token that makes the URL longer than servers take is left out. */
const LONGEST_HINT = 6_144

/**
 * The URL of RP-initiated logout (OpenID Connect RP-Initiated Logout 2); undefined when the provider
 * has none or is not reachable: the session here has ended in any case (RP-102).
 */
export async function logoutUrl(
  provider: Provider,
  { idToken, returnUrl, state }: LogoutHint,
): Promise<string | undefined> {
  const metadata = await provider.metadata().catch(() => undefined)
  if (metadata?.endSessionEndpoint === undefined) return undefined
  const url = new URL(metadata.endSessionEndpoint)
  url.searchParams.set('client_id', provider.clientId)
  url.searchParams.set('post_logout_redirect_uri', returnUrl)
  if (state !== undefined) url.searchParams.set('state', state)
  if (idToken !== undefined && idToken.length <= LONGEST_HINT) {
    url.searchParams.set('id_token_hint', idToken)
  }
  return url.href
}
