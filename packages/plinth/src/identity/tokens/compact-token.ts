import { parseStrictJson } from '../../kernel/index.ts'

/** A signed token taken apart; nothing in it is verified. */
export interface CompactToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/

/**
 * Takes a compact JWS of at most `longest` characters apart, or answers undefined: three parts in
 * the one canonical base64url spelling, header and claims one JSON object each that has a single
 * reading (RFC 8725bis).
 */
export function readCompactToken(text: string, longest: number): CompactToken | undefined {
  if (text.length > longest || !COMPACT.test(text)) return undefined
  const parts = text.split('.')
  // The last character of a part has spare bits: other spellings of one signature are refused.
  const canonical = parts.every((part) => bytesOf(part).toString('base64url') === part)
  if (!canonical) return undefined
  const [header, claims] = parts.slice(0, 2).map((part) => objectOf(bytesOf(part)))
  return header && claims ? { header, claims } : undefined
}

function bytesOf(part: string): Buffer {
  return Buffer.from(part, 'base64url')
}

function objectOf(bytes: Buffer): Readonly<Record<string, unknown>> | undefined {
  const parsed = parseStrictJson(bytes)
  return parsed.ok && isObject(parsed.value) ? parsed.value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
