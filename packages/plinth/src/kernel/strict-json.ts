/** Bounds of a JSON text. */
export interface JsonLimits {
  /** Deepest nesting of arrays and objects. */
  readonly maxDepth: number
  /** Keys of all objects and items of all arrays together. */
  readonly maxItems: number
  /** Characters of one number. */
  readonly maxNumberLength: number
}

/** Why a JSON text was refused. */
export type JsonFault =
  | 'syntax'
  | 'too_deep'
  | 'too_many_items'
  | 'number_out_of_range'
  | 'duplicate_key'
  | 'forbidden_key'
  | 'lone_surrogate'
  | 'nul_character'
  | 'not_utf8'
  | 'byte_order_mark'

/** A parsed value, or the reason why there is none. */
export type ParsedJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: JsonFault }

/** Limits that fit any request body and any token. */
export const JSON_LIMITS: JsonLimits = { maxDepth: 32, maxItems: 10_000, maxNumberLength: 40 }

const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype'])
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses JSON that two parsers cannot read in two ways: I-JSON (RFC 7493) without duplicate keys,
 * lone surrogates and numbers that change their value, within limits that hold before it is built.
 */
export function parseStrictJson(input: string | Uint8Array, limits = JSON_LIMITS): ParsedJson {
  const text = typeof input === 'string' ? input : decode(input)
  if (text === undefined) return { ok: false, fault: 'not_utf8' }
  if (text.charCodeAt(0) === 0xfeff) return { ok: false, fault: 'byte_order_mark' }
  const fault = scan(text, limits)
  if (fault !== undefined) return { ok: false, fault }
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false, fault: 'syntax' }
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const TOKEN = /"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*|[[\]{},:]/g

/** Finds what JSON.parse would let through. What is not JSON at all is left to JSON.parse. */
function scan(text: string, limits: JsonLimits): JsonFault | undefined {
  const open: (Set<string> | null)[] = []
  let items = 0
  let last: string | undefined
  for (const match of text.matchAll(TOKEN)) {
    const token = match[0]
    const fault = tokenFault(token, last, open, limits)
    if (fault !== undefined) return fault
    if (token === ',' || token === '{' || token === '[') items += 1
    if (items > limits.maxItems) return 'too_many_items'
    last = token
  }
  return undefined
}

function tokenFault(
  token: string,
  last: string | undefined,
  open: (Set<string> | null)[],
  limits: JsonLimits,
): JsonFault | undefined {
  const first = token.charAt(0)
  if (first === '{' || first === '[') {
    open.push(first === '{' ? new Set() : null)
    return open.length > limits.maxDepth ? 'too_deep' : undefined
  }
  if (first === '}' || first === ']') open.pop()
  else if (first === ':') return keyFault(last, open.at(-1))
  else if (first === '"') return stringFault(token)
  else if (first !== ',') return numberFault(token, limits)
  return undefined
}

function keyFault(
  quoted: string | undefined,
  keys: Set<string> | null | undefined,
): JsonFault | undefined {
  if (quoted === undefined || !keys) return 'syntax'
  const key = unquote(quoted)
  if (key === undefined) return 'syntax'
  if (FORBIDDEN_KEYS.has(key)) return 'forbidden_key'
  if (keys.has(key)) return 'duplicate_key'
  keys.add(key)
  return undefined
}

function stringFault(quoted: string): JsonFault | undefined {
  if (!quoted.includes('\\u') && quoted.isWellFormed()) return undefined
  const text = unquote(quoted)
  if (text === undefined) return 'syntax'
  // PostgreSQL cannot store it, and C code would end the text there.
  if (text.includes('\0')) return 'nul_character'
  return text.isWellFormed() ? undefined : 'lone_surrogate'
}

function numberFault(token: string, limits: JsonLimits): JsonFault | undefined {
  if (token.length > limits.maxNumberLength) return 'number_out_of_range'
  const value = Number(token)
  const isExact = /^-?\d+$/.test(token)
    ? Number.isSafeInteger(value)
    : Number.isFinite(value) && !losesFraction(token, value)
  return isExact ? undefined : 'number_out_of_range'
}

/** `1.00000000000000000001` would become the whole number 1, and `1e-400` nothing. */
function losesFraction(token: string, value: number): boolean {
  if (!Number.isInteger(value)) return false
  const [mantissa = '', exponent] = token.toLowerCase().split('e')
  if (value === 0) return /[1-9]/.test(mantissa)
  return exponent === undefined && /[1-9]/.test(mantissa.split('.')[1] ?? '')
}

function unquote(quoted: string): string | undefined {
  try {
    const text: unknown = JSON.parse(quoted)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}
