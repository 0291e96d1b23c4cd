import type { Fault } from './fault.ts'
import type { Variable } from './variable.ts'

/** What a `.env` file says. */
export interface Dotenv {
  readonly variables: readonly Variable[]
  readonly faults: readonly Fault[]
}

const BLANK = /[^\S\n]*(?:#[^\n]*)?(?:\n|$)/y
const NAME = /[^\S\n]*(?:export[^\S\n]+)?([A-Za-z_][A-Za-z0-9_]*)[^\S\n]*=/y
const SINGLE = /[^\S\n]*'([^']*)'/y
const DOUBLE = /[^\S\n]*"((?:[^"\\]|\\[\s\S])*)"/y
const BARE = /[^\n]*/y
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

/**
 * Reads a `.env` file: `NAME=value`, `export NAME=value`, single quotes (as it stands), double quotes
 * (`\n \r \t \" \\ \$`), both over several lines. A comment starts with `#` at the start of a line or
 * after a space; `a#b` keeps its `#`. Nothing is substituted inside.
 * @param file name for messages
 */
export function parseDotenv(source: string, file: string): Dotenv {
  const text = source.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const variables = new Map<string, Variable>()
  const faults: Fault[] = []
  let [position, line] = [0, 1]
  while (position < text.length) {
    const entry = entryAt(text, position)
    const place = `${file}:${line}`
    if (entry.fault !== undefined) faults.push(faultAt(place, entry.fault))
    else if (entry.name !== undefined) add(variables, faults, entry.name, entry.value, place)
    line += text.slice(position, entry.end).split('\n').length - 1
    position = entry.end
  }
  return { variables: [...variables.values()], faults }
}

interface Entry {
  readonly end: number
  readonly name?: string
  readonly value: string
  readonly fault?: string
}

function entryAt(text: string, start: number): Entry {
  const blank = match(BLANK, text, start)
  if (blank !== null) return { end: Math.max(start + 1, BLANK.lastIndex), value: '' }
  const named = match(NAME, text, start)
  if (named === null) return { end: nextLine(text, start), value: '', fault: 'is not NAME=value' }
  const value = valueAt(text, NAME.lastIndex)
  return { ...value, name: named[1] ?? '' }
}

function valueAt(text: string, start: number): Entry {
  const single = match(SINGLE, text, start)
  if (single !== null) return afterQuote(text, SINGLE.lastIndex, single[1] ?? '')
  const double = match(DOUBLE, text, start)
  if (double !== null) return afterQuote(text, DOUBLE.lastIndex, unescaped(double[1] ?? ''))
  const bare = match(BARE, text, start)?.[0] ?? ''
  const end = nextLine(text, start)
  if (/^\s*['"]/.test(bare)) return { end, value: '', fault: 'opens a quote that never closes' }
  return { end, value: bare.replace(/\s#.*$/s, '').trim() }
}

function afterQuote(text: string, end: number, value: string): Entry {
  if (match(BLANK, text, end) !== null) return { end: BLANK.lastIndex, value }
  return { end: nextLine(text, end), value, fault: 'has text after its closing quote' }
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (pair, letter: string) => {
    if (/["\\$]/.test(letter)) return letter
    return ESCAPES[letter] ?? pair
  })
}

function match(pattern: RegExp, text: string, start: number): RegExpExecArray | null {
  pattern.lastIndex = start
  return pattern.exec(text)
}

function nextLine(text: string, start: number): number {
  const end = text.indexOf('\n', start)
  return end === -1 ? text.length : end + 1
}

function faultAt(place: string, says: string): Fault {
  return { code: 'config.syntax', place, says, fix: 'write NAME=value or NAME="value"' }
}

function add(
  variables: Map<string, Variable>,
  faults: Fault[],
  name: string,
  value: string,
  place: string,
): void {
  const first = variables.get(name)
  if (first === undefined) variables.set(name, { name, value, origin: 'dotenv', place })
  else faults.push(duplicate(first, place))
}

function duplicate(first: Variable, place: string): Fault {
  const says = `${first.name} was already set at ${first.place}`
  return { code: 'config.syntax', place, says, fix: 'keep one of the two lines' }
}
