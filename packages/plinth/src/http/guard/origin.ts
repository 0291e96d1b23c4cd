import type { IncomingHttpHeaders } from 'node:http'

/** Why a request does not come from one of our own pages. */
export type OriginFault =
  | "Origin 'null' not allowed"
  | 'Origin not allowed'
  | 'Referer origin not allowed'
  | 'Missing or invalid Origin'

/**
 * Whether an unsafe request was sent by a page of an allowed origin. The header is compared as it
 * is, never normalised: browsers send one spelling (decision D21, security.md 5.2).
 */
export function originFault(
  headers: IncomingHttpHeaders,
  allowed: ReadonlySet<string>,
): OriginFault | undefined {
  const { origin, referer } = headers
  const site = headers['sec-fetch-site']
  if (origin === 'null') return "Origin 'null' not allowed"
  if (origin !== undefined) return allowed.has(origin) ? undefined : 'Origin not allowed'
  if (site === 'cross-site' || referer === undefined) return 'Missing or invalid Origin'
  return allowed.has(originOf(referer)) ? undefined : 'Referer origin not allowed'
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : ''
}

/** Our own configured origins in the spelling that browsers send. */
export function originSet(urls: readonly string[]): ReadonlySet<string> {
  return new Set(urls.map((url) => new URL(url).origin))
}
