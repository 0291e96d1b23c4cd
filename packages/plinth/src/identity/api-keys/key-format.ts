import { hash, randomBytes } from 'node:crypto'

/** The kinds of keys (decision D12). */
export const KEY_TYPES = ['service', 'user', 'admin', 'readonly'] as const

/** One of {@link KEY_TYPES}. */
export type KeyType = (typeof KEY_TYPES)[number]

const PREFIXES: Readonly<Record<KeyType, string>> = {
  service: 'sk_service_',
  user: 'uk_user_',
  admin: 'ak_admin_',
  readonly: 'rk_readonly_',
}

/** What a secret scanner looks for: every key that this library makes, and nothing shorter. */
export const KEY_PATTERN =
  /\b(?:sk_service|uk_user|ak_admin|rk_readonly)_[A-Za-z0-9_-]{43}(?![\w-])/

/** The same for keys that open nothing in production. */
export const TEST_KEY_PATTERN =
  /\b(?:sk_service|uk_user|ak_admin|rk_readonly)_test_[A-Za-z0-9_-]{38}(?![\w-])/

const SECRET_CHARACTERS = 43
const TEST_MARK = 'test_'
const DISPLAYED_CHARACTERS = 12

/**
 * Makes a key: the prefix of its type and 43 base64url characters, which are 256 random bits; a test
 * key begins them with `test_` and has 228. A live key never does.
 */
export function newKey(type: KeyType, { test }: { readonly test: boolean }): string {
  const secret = randomBytes(32).toString('base64url')
  if (test) return `${PREFIXES[type]}${TEST_MARK}${secret.slice(TEST_MARK.length)}`
  return secret.startsWith(TEST_MARK) ? newKey(type, { test }) : `${PREFIXES[type]}${secret}`
}

/** The first 12 characters: all of a key that is ever shown again. */
export function displayPrefix(key: string): string {
  return key.slice(0, DISPLAYED_CHARACTERS)
}

// What was imported may look otherwise, but nothing that a list, a line or a second header would bring.
const PRESENTABLE = new RegExp(`^[\\x21-\\x2b\\x2d-\\x7e]{16,${SECRET_CHARACTERS * 6}}$`)

/** Whether a header's value can be a key at all. Nothing is trimmed, folded or decoded. */
export function isPresentable(text: unknown): text is string {
  return typeof text === 'string' && PRESENTABLE.test(text)
}

/**
 * What the database keeps of a key: SHA-256 of the text alone, as other systems keep it, so that
 * their keys can be imported. In hexadecimal, since the cache is keyed by text.
 */
export function hashKey(key: string): string {
  return hash('sha256', key, 'hex')
}
