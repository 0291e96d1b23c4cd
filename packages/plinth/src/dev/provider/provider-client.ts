/** A service that signs people in through the development provider: a confidential first-party client. */
export interface ProviderClient {
  readonly clientId: string
  readonly clientSecret: string
  /** Compared character by character (RFC 6749 §3.1.2.3, OAuth 2.1 §4.1.3). */
  readonly redirectUris: readonly string[]
  /** Where a person may land after RP-initiated logout. */
  readonly postLogoutRedirectUris: readonly string[]
}

/**
 * The seeded client `test-client` for services at the given addresses.
 * @param baseUrls origins of the service, without a trailing slash: `http://localhost:8000`
 */
export function testClient(...baseUrls: readonly string[]): ProviderClient {
  return {
    clientId: 'test-client',
    clientSecret: 'test-client-secret',
    redirectUris: baseUrls.map((base) => `${base}/auth/web/callback`),
    postLogoutRedirectUris: baseUrls.flatMap((base) => [base, `${base}/`]),
  }
}
