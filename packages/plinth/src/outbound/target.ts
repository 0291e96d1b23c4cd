import type { OutboundFault } from './outbound.errors.ts'

/**
 * Where a call may go. `operator`: to the listed origins only, which the operator wrote into the
 * configuration; they may be private, and http if they are on loopback. `public`: to a URL that
 * somebody else supplied; https on port 443 of a public address only.
 */
export type Reach =
  | { readonly kind: 'operator'; readonly origins: readonly string[] }
  | { readonly kind: 'public' }

const LONGEST_URL = 8_192

/** Why a URL may not be called; undefined when it may. Addresses are checked after resolution. */
export function urlFault(url: URL, reach: Reach): OutboundFault | undefined {
  if (url.href.length > LONGEST_URL || url.username || url.password || url.hash) return 'bad_url'
  if (url.hostname === '' || url.port === '0') return 'bad_url'
  if (reach.kind === 'public') return publicFault(url)
  if (url.protocol !== 'https:' && !isLoopbackHttp(url)) return 'scheme_not_allowed'
  return reach.origins.includes(url.origin) ? undefined : 'host_not_allowed'
}

function publicFault(url: URL): OutboundFault | undefined {
  if (url.protocol !== 'https:') return 'scheme_not_allowed'
  return url.port === '' ? undefined : 'host_not_allowed'
}

function isLoopbackHttp(url: URL): boolean {
  return url.protocol === 'http:' && isLoopbackHost(url.hostname)
}

/** Whether a host of a parsed URL is this machine by its spelling: localhost, 127.0.0.0/8, [::1]. */
export function isLoopbackHost(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)
}
