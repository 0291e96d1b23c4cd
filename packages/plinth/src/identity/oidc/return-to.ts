/** Where `return_to` may lead. */
export interface ReturnToRule {
  /** Origin of `app.base_url`. */
  readonly ownOrigin: string
  /** Further origins, exact, from `oidc.allowed_redirect_hosts`. */
  readonly allowedOrigins: readonly string[]
  /** The page for anything that is refused. */
  readonly fallback: string
}

const LONGEST = 2_048
/** Percent-encoding makes nine characters of one; proxies end at 8 KiB of headers. */
const LONGEST_LOCATION = 6_144
// Back to sign-in or sign-out would be a loop, also below a tenant's path.
const AUTH_ROUTES = /^(?:\/t\/[^/]+)?\/auth(?:\/|$)/i
// Unicode classes C (controls, format, unassigned) and Z (separators) have no place in a link.
const CONTROL_OR_SPACE = /[\p{C}\p{Z}]/u
// In a path that was decoded the plain space is one that was written as %20.
const CONTROL_OR_OTHER_SPACE = /\p{C}|(?! )\p{Z}/u

/**
 * Where a person goes after sign-in: the normalised form of what was asked for, or the fallback.
 * Implements the reference rule of security.md 5.1: whatever a browser or one more decoding makes
 * of the result, it stays on our origin, and it is always a legal `Location`.
 */
export function safeReturnTo(input: unknown, rule: ReturnToRule): string {
  if (typeof input !== 'string' || input.length > LONGEST) return rule.fallback
  const text = input.replace(/^ +| +$/g, '')
  if (CONTROL_OR_SPACE.test(text) || !isPlain(text)) return rule.fallback
  const url = parse(text, rule)
  if (url === undefined || !isPlainPath(url)) return rule.fallback
  const path = `${url.pathname}${url.search}${url.hash}`
  const location = url.origin === rule.ownOrigin ? path : `${url.origin}${path}`
  return location.length > LONGEST_LOCATION ? rule.fallback : location
}

/** No backslash, which browsers read as a slash, and nothing that some layer could fold into one. */
function isPlain(text: string): boolean {
  // Full-width and other look-alikes turn into ASCII under NFKC only.
  return !text.includes('\\') && text.normalize('NFKC') === text.normalize('NFC')
}

function parse(text: string, { ownOrigin, allowedOrigins }: ReturnToRule): URL | undefined {
  const isPath = text.startsWith('/') && !text.startsWith('//')
  const isAllowed = allowedOrigins.some(
    (origin) => text === origin || text.startsWith(`${origin}/`),
  )
  if (!isPath && !isAllowed) return undefined
  const url = URL.parse(text, ownOrigin)
  if (url === null) return undefined
  return url.origin === ownOrigin || allowedOrigins.includes(url.origin) ? url : undefined
}

/** Judges a path as it is, and as the next layer sees it that decodes and resolves once more. */
function isPlainPath({ pathname, origin }: URL): boolean {
  const decoded = decode(pathname)
  if (decoded === undefined || CONTROL_OR_OTHER_SPACE.test(decoded) || !isPlain(decoded))
    return false
  const again = URL.parse(`${origin}${decoded}`)
  if (again === null || again.origin !== origin) return false
  return [decoded, again.pathname].every(
    (path) => !path.startsWith('//') && !AUTH_ROUTES.test(path),
  )
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined
  }
}
