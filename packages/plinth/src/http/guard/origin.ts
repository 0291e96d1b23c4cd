import type { IncomingHttpHeaders } from 'node:http'

/** Why a request does not come from one of our own pages. */
export type OriginFault =
  | "Origin 'null' not allowed"
  | 'Origin not allowed'
  | 'Referer origin not allowed'
  | 'Missing or invalid Origin'

/** Origins whose pages may act with a visitor's cookie. */
export interface Origins {
  /** The service's own. */
  readonly own: string
  /** Own and listed ones. */
  readonly allowed: ReadonlySet<string>
}

/**
 * Whether an unsafe request was sent by a page of an allowed origin. The header is compared as it
 * is, never normalised: browsers send one spelling (decision D21, security.md 5.2). Only where
 * there is no Origin does the Referer count (contract 4.6).
 */
export function originFault(
  headers: IncomingHttpHeaders,
  origins: Origins,
): OriginFault | undefined {
  const { origin, referer } = headers
  if (origin === 'null') return "Origin 'null' not allowed"
  if (origin !== undefined) {
    const sent = origins.allowed.has(origin) && siteAgrees(headers, origin === origins.own)
    return sent ? undefined : 'Origin not allowed'
  }
  // Browsers give every unsafe request an Origin; one that lost it must be of our own site.
  if (referer === undefined || !siteAgrees(headers, true)) return 'Missing or invalid Origin'
  return origins.allowed.has(originOf(referer)) ? undefined : 'Referer origin not allowed'
}

/**
 * Whether Fetch Metadata tells the same story. The browser writes it and no page can change it: a
 * request "of our own page" that comes from a sibling or another site is a forgery (CS-23, CS-24).
 */
function siteAgrees(headers: IncomingHttpHeaders, own: boolean): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return true
  return !own && (site === 'same-site' || site === 'cross-site')
}

/**
 * Whether another site's page, and none of a listed origin, had the browser send this: an image, a
 * frame, a script, a form. A link that a person follows counts only where `links` says so.
 */
export function sentFromElsewhere(
  headers: IncomingHttpHeaders,
  origins: Origins,
  { links }: { readonly links: boolean },
): boolean {
  const site = headers['sec-fetch-site']
  if (site === undefined || site === 'same-origin' || site === 'none') return false
  if (links ? site === 'same-site' : isLink(headers)) return false
  const { origin, referer } = headers
  // No page of ours is on another site: one of the two headers was made up.
  if (origin === origins.own) return true
  const sender = origin ?? (referer === undefined ? undefined : originOf(referer))
  return sender === undefined || !origins.allowed.has(sender)
}

/** A navigation of the whole tab. */
function isLink(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}

/** Whether a script sent this. A form, a link or a frame cannot carry a token and is refused. */
export function sentByScript(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers
  const scripted = mode === undefined || mode === 'cors' || mode === 'same-origin'
  return scripted && (destination === undefined || destination === 'empty')
}

const REFERER = /^(https?:\/\/[^/?#\\@\s,]+)(?:[/?#]|$)/

/** The origin of a Referer as it is written; browsers write it in one spelling, without user name. */
function originOf(referer: string): string {
  return REFERER.exec(referer)?.[1] ?? ''
}

/**
 * The origins of a service in the spelling that browsers send.
 * @param baseUrl `app.base_url`
 * @param listed `app.cors.origins`
 * @throws TypeError for a URL that has no origin of its own: every sandboxed page would match it
 */
export function originsOf(baseUrl: string, listed: readonly string[]): Origins {
  const own = spelled(baseUrl)
  return { own, allowed: new Set([own, ...listed.map(spelled)]) }
}

function spelled(url: string): string {
  const { origin } = new URL(url)
  if (origin === 'null') throw new TypeError(`"${url}" has no origin; name one of http or https`)
  return origin
}
