/** A service that signs people in through the development provider: a confidential first-party client. */
export interface ProviderClient {
  readonly clientId: string
  readonly clientSecret: string
  /** Compared character by character, but for the port of a loopback address (RFC 8252 §7.3). */
  readonly redirectUris: readonly string[]
  /** Where a person may land after RP-initiated logout; compared in the same way. */
  readonly postLogoutRedirectUris: readonly string[]
  /** What the provider calls when somebody signs out (OpenID Connect Back-Channel Logout 1.0 §2.2). */
  readonly backchannelLogoutUri?: string
}

const DEFAULT_BASE_URLS = ['http://localhost:8000', 'http://127.0.0.1:8000']

/**
 * The seeded client `test-client` (contract 23).
 * @param baseUrls origins of the service, without a trailing slash; unless given, any loopback port
 */
export function testClient(baseUrls: readonly string[] = DEFAULT_BASE_URLS): ProviderClient {
  return {
    clientId: 'test-client',
    clientSecret: 'test-client-secret',
    redirectUris: baseUrls.map((base) => `${base}/auth/web/callback`),
    postLogoutRedirectUris: baseUrls.flatMap((base) => [
      base,
      `${base}/`,
      `${base}/auth/web/logged-out`,
    ]),
    backchannelLogoutUri: `${baseUrls[0]}/auth/web/backchannel-logout/keycloak`,
  }
}
