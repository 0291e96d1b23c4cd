import { isId } from '../kernel/index.ts'

/** What names a tenant: its id, or its short name. */
export interface TenantName {
  readonly by: 'id' | 'slug'
  readonly text: string
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
// Reserved for encodings such as punycode: what such a label shows is not what it says (RFC 5891 4.2.3.1).
const ENCODED = /^..--/
// An id without its dashes; nobody may take a name that reads as somebody's id.
const NEARLY_ID = /^[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}$/
// What programs write where they have no value.
const NO_VALUES: ReadonlySet<string> = new Set([
  'null',
  'undefined',
  'none',
  'nan',
  'true',
  'false',
])

/**
 * Reads the name of a tenant in its one form: a UUID in lower case with its dashes, or a short name
 * of 1 to 63 characters `a-z 0-9 -` that begins and ends with a letter or digit.
 */
export function tenantName(text: unknown): TenantName | undefined {
  if (typeof text !== 'string' || text.length > 63) return undefined
  if (isId(text)) return { by: 'id', text }
  return isSlug(text) ? { by: 'slug', text } : undefined
}

/** Whether a text names a tenant at all, known or not. */
export function isTenantName(text: string): boolean {
  return tenantName(text) !== undefined
}

/** Whether a text can be the short name of a tenant: a DNS label that is nothing else. */
export function isSlug(text: string): boolean {
  return LABEL.test(text) && !ENCODED.test(text) && !NEARLY_ID.test(text) && !NO_VALUES.has(text)
}
