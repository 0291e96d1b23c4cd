/** How the cookies of one service are written. All but the life is fixed by `app` (D19). */
export interface CookieRule {
  /** Whether `app.base_url` is https. */
  readonly secure: boolean
  readonly sameSite: 'lax' | 'strict' | 'none'
}

const SAME_SITE = { lax: 'Lax', strict: 'Strict', none: 'None' } as const

/** The name that a cookie has under a rule: `__Host-` keeps sibling sub-domains out. */
export function cookieName(rule: Pick<CookieRule, 'secure'>, name: string): string {
  return rule.secure ? `__Host-${name}` : name
}

/** One `Set-Cookie` line. Name and value are ours: no character of them needs quoting. */
export function setCookie(
  rule: CookieRule,
  cookie: { readonly name: string; readonly value: string; readonly maxAgeSeconds: number },
): string {
  const flags = `Path=/; HttpOnly; SameSite=${SAME_SITE[rule.sameSite]}${rule.secure ? '; Secure' : ''}`
  return `${cookie.name}=${cookie.value}; Max-Age=${cookie.maxAgeSeconds}; ${flags}`
}

/** The line that removes a cookie: the same attributes, or a `__Host-` cookie would stay. */
export function clearCookie(rule: CookieRule, name: string): string {
  return setCookie(rule, { name, value: '', maxAgeSeconds: 0 })
}

/**
 * All pairs of a Cookie header, in order, values as they came. Nothing is decoded: our values need
 * no decoding, and a decoder can throw.
 */
export function cookiePairs(header: string | undefined): readonly (readonly [string, string])[] {
  return (header ?? '').split(/[;,]/).flatMap((pair) => {
    const at = pair.indexOf('=')
    return at < 0 ? [] : [[pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const]
  })
}

const TOKEN = /^[A-Za-z0-9_-]{43}$/

/**
 * The token in a cookie, or undefined: absent, not of our form, or there twice. A second cookie of
 * the name was set by somebody else; which of the two is ours cannot be known (SB-04). Every request
 * of a browser passes here: the header is searched, not taken apart.
 */
export function tokenCookie(header: string | undefined, name: string): string | undefined {
  // An empty name is found everywhere, for ever.
  if (header === undefined || name === '') return undefined
  let found: string | undefined
  for (let at = header.indexOf(name); at !== -1; at = header.indexOf(name, at + name.length)) {
    const value = valueAt(header, at, name)
    if (value === undefined) continue
    if (found !== undefined) return undefined
    found = value
  }
  return found !== undefined && TOKEN.test(found) ? found : undefined
}

const SEPARATOR = /[;,]/g

/** The value of the cookie whose name may begin here; undefined when another text begins here. */
function valueAt(header: string, at: number, name: string): string | undefined {
  let before = at - 1
  while (before >= 0 && header[before]?.trim() === '') before -= 1
  if (before >= 0 && header[before] !== ';' && header[before] !== ',') return undefined
  let equals = at + name.length
  while (equals < header.length && header[equals]?.trim() === '') equals += 1
  if (header[equals] !== '=') return undefined
  SEPARATOR.lastIndex = equals
  const end = SEPARATOR.exec(header)?.index ?? header.length
  return header.slice(equals + 1, end).trim()
}
