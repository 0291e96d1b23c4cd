import { PERSONAL, Secret } from '../kernel/index.ts'
import { describeError } from './describe-error.ts'
import { HIDDEN, scrub } from './scrub.ts'
import { isSecretName } from './secret-names.ts'

const LONGEST_TEXT = 2_048
const MOST_FIELDS = 50
const MOST_ITEMS = 50
const DEEPEST = 6
const MOST_VALUES = 400

/** Field names that the log itself writes; facts of the same name move aside. */
const RESERVED = new Set(['level', 'timestamp', 'message', 'time', 'msg'])

/** How one event is cleaned. */
export interface CleanOptions {
  /** Whether errors show their stack. */
  readonly withStack: boolean
  /** Names of fields that hold personal data, wherever they stand. */
  readonly personal?: ReadonlySet<string>
}

interface Walk extends CleanOptions {
  readonly seen: Set<object>
  left: number
}

/**
 * Makes plain, bounded, secret-free JSON data of anything at all; never throws. The input is
 * hostile: it may be a request body, a proxy, a cycle, or an object whose getters throw (HI-21).
 */
export function cleanFacts(facts: object, options: CleanOptions): Record<string, unknown> {
  const walk: Walk = { ...options, seen: new Set(), left: MOST_VALUES }
  if (facts instanceof Error) return { error: describeError(facts, walk.withStack) }
  const fields = cleanObject(facts, walk, 0)
  for (const name of RESERVED) {
    if (!Object.hasOwn(fields, name)) continue
    fields[`fact_${name}`] = fields[name]
    delete fields[name]
  }
  return fields
}

/** Text as the log shows it: bounded, without secrets. */
export function cleanText(text: string): string {
  if (text.length <= LONGEST_TEXT) return scrub(text)
  const more = text.length - LONGEST_TEXT
  return `${scrub(text.slice(0, LONGEST_TEXT))}… (${more} more characters)`
}

function cleanValue(value: unknown, walk: Walk, depth: number): unknown {
  walk.left -= 1
  if (walk.left < 0) return '[cut]'
  switch (typeof value) {
    case 'string':
      return cleanText(value)
    case 'number':
      return Number.isFinite(value) ? value : String(value)
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return value.toString().slice(0, 100)
    case 'symbol':
    case 'function':
      return `[${typeof value}]`
    case 'object':
      return value === null ? null : cleanReference(value, walk, depth)
  }
}

function cleanReference(value: object, walk: Walk, depth: number): unknown {
  if (value instanceof Secret) return HIDDEN
  if (walk.seen.has(value)) return '[circular]'
  if (depth >= DEEPEST) return '[deep]'
  walk.seen.add(value)
  try {
    return cleanKnown(value, walk, depth)
  } catch {
    return '[unreadable]'
  } finally {
    walk.seen.delete(value)
  }
}

function cleanKnown(value: object, walk: Walk, depth: number): unknown {
  if (value instanceof Error) return describeError(value, walk.withStack)
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString()
  if (value instanceof URL) return cleanText(value.href)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return cleanList(value, walk, depth)
  if (value instanceof Set) return cleanList([...value].slice(0, MOST_ITEMS + 1), walk, depth)
  if (value instanceof Map) return cleanObject(Object.fromEntries(value), walk, depth)
  return cleanObject(value, walk, depth)
}

function cleanList(list: readonly unknown[], walk: Walk, depth: number): unknown[] {
  const items = list.slice(0, MOST_ITEMS).map((item) => cleanValue(item, walk, depth + 1))
  return list.length > MOST_ITEMS ? [...items, `[${list.length - MOST_ITEMS} more]`] : items
}

function cleanObject(value: object, walk: Walk, depth: number): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.create(null)
  let count = 0
  for (const name of keysOf(value)) {
    count += 1
    if (count > MOST_FIELDS || walk.left < 0) {
      fields['…'] = '[more fields]'
      break
    }
    fields[name.length > 100 ? `${name.slice(0, 100)}…` : name] = readField(
      value,
      name,
      walk,
      depth,
    )
  }
  return fields
}

function readField(value: object, name: string, walk: Walk, depth: number): unknown {
  if (isSecretName(name)) return HIDDEN
  if (walk.personal?.has(name) === true) return PERSONAL
  try {
    return cleanValue(Reflect.get(value, name), walk, depth + 1)
  } catch {
    return '[unreadable]'
  }
}

function keysOf(value: object): readonly string[] {
  try {
    return Object.keys(value)
  } catch {
    return []
  }
}
