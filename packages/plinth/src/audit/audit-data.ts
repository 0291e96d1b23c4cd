import { cleanFacts } from '../telemetry/index.ts'

const LONGEST_JSON = 8_192

/**
 * The facts of an event as the table keeps them: bounded in size and depth, without secrets, and
 * without the characters that PostgreSQL's jsonb refuses (U+0000, lone surrogates).
 */
export function auditData(data: object | undefined): string {
  if (data === undefined) return '{}'
  const json = JSON.stringify(cleanFacts(data, { withStack: false }), storable)
  // Only a key can still hold such a character; nobody declares one, so it came from outside.
  if (/\\u0000|\\ud[89a-f]/i.test(json)) return '{"unreadable":true}'
  return Buffer.byteLength(json) <= LONGEST_JSON ? json : '{"too_large":true}'
}

function storable(_: string, value: unknown): unknown {
  return typeof value === 'string' ? storableText(value) : value
}

/** Text that PostgreSQL stores, bounded. */
export function storableText(text: string, longest = 2_048): string {
  return text.slice(0, longest).toWellFormed().replaceAll('\0', '\uFFFD')
}
