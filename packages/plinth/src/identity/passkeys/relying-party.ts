import { isIP } from 'node:net'

/** For whom passkeys are made: fixed by `app.base_url`, never by a request. */
export interface RelyingParty {
  /** Host name: a passkey answers for it and for nobody else. */
  readonly id: string
  /** The one origin that an answer may come from, exact. */
  readonly origin: string
  /** Shown by the device beside the passkey. */
  readonly name: string
}

/**
 * The relying party of a service; undefined where there can be none: browsers make no passkey for
 * an IP address (WebAuthn 5.1.3: an effective domain).
 */
export function relyingParty({
  name,
  base_url,
}: {
  readonly name: string
  readonly base_url: string
}): RelyingParty | undefined {
  const { hostname, origin } = new URL(base_url)
  const isAddress = isIP(hostname) !== 0 || hostname.startsWith('[')
  return isAddress ? undefined : { id: hostname, origin, name }
}
