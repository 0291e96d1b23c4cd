import type Provider from 'oidc-provider'

/**
 * The port of a service on this machine is not known before it starts, and D17 lets it move: a
 * registered loopback address stands for all its ports (RFC 8252 §7.3). Host and path stay exact.
 */
export function allowAnyLoopbackPort(provider: Provider): void {
  const client = provider.Client.prototype
  client.redirectUriAllowed = function (wanted) {
    return isRegistered(wanted, this.redirectUris)
  }
  client.postLogoutRedirectUriAllowed = function (wanted) {
    return isRegistered(wanted, this.postLogoutRedirectUris)
  }
}

function isRegistered(wanted: string, registered: readonly string[] | undefined): boolean {
  const known = registered ?? []
  return known.includes(wanted) || known.map(withoutPort).includes(withoutPort(wanted))
}

/** Text, not a parsed URL: whatever a parser would mend or drop stays different. */
function withoutPort(url: string): string {
  return url.replace(/^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])):\d{1,5}(?=\/|$)/, '$1')
}
