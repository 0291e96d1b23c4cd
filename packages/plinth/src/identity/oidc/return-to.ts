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
const AUTH_ROUTES = /^\/auth\//i
// Unicode classes C (controls, format, unassigned) and Z (separators) have no place in a link.
const CONTROL_OR_SPACE = /[\p{C}\p{Z}]/u
const CONTROL_OR_BACKSLASH = /[\u0000-\u001f\u007f-\u009f\\]/

/**
 * Where a person goes after sign-in: the normalised form of what was asked for, or the fallback.
 * Implements the reference rule of security.md 5.1: whatever a browser or one more decoding makes
 * of the result, it stays on our origin, and it is always a legal `Location`.
 */
export function safeReturnTo(input: unknown, rule: ReturnToRule): string {
  if (typeof input !== 'string' || input.length > LONGEST) return rule.fallback
  const text = input.replace(/^ +| +$/g, '')
  if (!isPlain(text)) return rule.fallback
  const url = parse(text, rule)
  if (url === undefined || !isPlainPath(url)) return rule.fallback
  const path = `${url.pathname}${url.search}${url.hash}`
  return url.origin === rule.ownOrigin ? path : `${url.origin}${path}`
}

function isPlain(text: string): boolean {
  if (text.includes('\\') || CONTROL_OR_SPACE.test(text)) return false
  // Full-width and other look-alikes turn into ASCII under NFKC only.
  return text.normalize('NFKC') === text.normalize('NFC')
}

function parse(text: string, { ownOrigin, allowedOrigins }: ReturnToRule): URL | undefined {
  const isPath = text.startsWith('/') && !text.startsWith('//')
  const isAllowed = allowedOrigins.some(
    (origin) => text === origin || text.startsWith(`${origin}/`),
  )
  if (!isPath && !isAllowed) return undefined
  if (!URL.canParse(text, ownOrigin)) return undefined
  const url = new URL(text, ownOrigin)
  return url.origin === ownOrigin || allowedOrigins.includes(url.origin) ? url : undefined
}

function isPlainPath({ pathname }: URL): boolean {
  const decoded = decode(pathname)
  if (decoded === undefined || CONTROL_OR_BACKSLASH.test(decoded)) return false
  if (decoded.startsWith('//')) return false
  // Back to sign-in or sign-out would be a loop.
  return !AUTH_ROUTES.test(decoded) && !/^\/auth$/i.test(decoded)
}

function decode(pathname: string): string | undefined {
  try {
    return decodeURIComponent(pathname)
  } catch {
    return undefined
  }
}
