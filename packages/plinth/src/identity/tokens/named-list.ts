type Claims = Readonly<Record<string, unknown>>

const MOST_NAMES = 256
/** RFC 6749 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/
/** What people name roles; nothing that ends a line or hides. */
const ROLE = /^[\p{L}\p{N}][\p{L}\p{N} ._:/@-]{0,127}$/u

/** The scopes that a claim lists: a text with spaces between them, or a list. */
export function scopesIn(value: unknown): readonly string[] {
  return namesIn(
    typeof value === 'string' ? value.split(' ').filter((one) => one !== '') : value,
    SCOPE,
  )
}

/** The roles that a claim lists: one as a text, or a list. */
export function rolesIn(value: unknown): readonly string[] {
  return namesIn(typeof value === 'string' ? [value] : value, ROLE)
}

/** A list with one odd entry was not made for us: it gives nothing at all rather than its good part. */
function namesIn(value: unknown, form: RegExp): readonly string[] {
  if (!Array.isArray(value) || value.length > MOST_NAMES) return []
  const entries: readonly unknown[] = value
  const names = entries.filter((one) => typeof one === 'string').filter((one) => form.test(one))
  return names.length === entries.length ? [...new Set(names)] : []
}

/** The claim of a name, or of a path of names with dots between them. Own members only. */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path.split('.').reduce<unknown>((value, name) => ownMember(value, name), claims)
}

function ownMember(value: unknown, name: string): unknown {
  const isObject = typeof value === 'object' && value !== null && Object.hasOwn(value, name)
  return isObject ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined
}
