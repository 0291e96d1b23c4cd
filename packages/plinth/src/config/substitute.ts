import type { Tree } from './tree.ts'
import { scalarsOf } from './tree.ts'
import type { Lookup, Variable } from './variable.ts'

/** What became of a text with `${…}` in it. */
export type Substitution =
  | { readonly code: 'text'; readonly text: string; readonly used: readonly Variable[] }
  /** A variable without default is not set. `whole`: the text was nothing but this variable. */
  | { readonly code: 'unset'; readonly name: string; readonly whole: boolean }
  /** `${NAME:?message}` and NAME is not set. */
  | { readonly code: 'demanded'; readonly name: string; readonly message: string }
  | { readonly code: 'malformed'; readonly says: string }

type Part = string | Reference

interface Reference {
  readonly name: string
  readonly operator: '' | '-' | ':-' | '?' | ':?'
  readonly word: readonly Part[]
}

const HEAD = /\$\{([A-Za-z_][A-Za-z0-9_]*)(:-|-|:\?|\?)?/y
const MAX_NESTING = 16

/**
 * Replaces `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}` and `${NAME?message}`;
 * the word after the operator may nest. As in a POSIX shell a colon treats an empty variable as unset.
 * `$${` stands for `${`. Values are inserted as they are and never read again.
 */
export function substitute(text: string, lookup: Lookup): Substitution {
  const parsed = parse(text)
  if (typeof parsed === 'string') return { code: 'malformed', says: parsed }
  const result = evaluate(parsed, lookup)
  if (result.code !== 'unset') return result
  return { ...result, whole: parsed.length === 1 }
}

function parse(text: string): readonly Part[] | string {
  const reader = { text, position: 0 }
  const parts = parseUntil(reader, false, 0)
  return parts
}

interface Reader {
  readonly text: string
  position: number
}

// Answers the parts, or the sentence that says what is malformed.
function parseUntil(reader: Reader, inside: boolean, depth: number): readonly Part[] | string {
  if (depth > MAX_NESTING) return `nests \${…} deeper than ${MAX_NESTING}`
  const parts: Part[] = []
  while (reader.position < reader.text.length) {
    if (inside && reader.text[reader.position] === '}') return parts
    const part = parsePart(reader, inside, depth)
    if (part === undefined)
      return 'holds ${ that is not ${NAME}, ${NAME:-default} or ${NAME:?message}'
    if (typeof part === 'object' && 'says' in part) return part.says
    parts.push(part)
  }
  return inside ? 'opens ${ that never closes' : parts
}

function parsePart(reader: Reader, inside: boolean, depth: number): Part | undefined | Malformed {
  const { text, position } = reader
  if (text.startsWith('$${', position)) {
    reader.position += 3
    return '${'
  }
  if (text.startsWith('${', position)) return parseReference(reader, depth)
  reader.position = literalEnd(text, position, inside)
  return text.slice(position, reader.position)
}

interface Malformed {
  readonly says: string
}

function literalEnd(text: string, position: number, inside: boolean): number {
  let end = position + 1
  while (end < text.length) {
    if (text[end] === '$' || (inside && text[end] === '}')) break
    end++
  }
  return end
}

function parseReference(reader: Reader, depth: number): Reference | undefined | Malformed {
  HEAD.lastIndex = reader.position
  const [head, name, operator] = HEAD.exec(reader.text) ?? []
  if (head === undefined || name === undefined) return undefined
  reader.position += head.length
  if (operator === undefined && reader.text[reader.position] !== '}') {
    return reader.position < reader.text.length ? undefined : { says: 'opens ${ that never closes' }
  }
  const word = parseUntil(reader, true, depth + 1)
  if (typeof word === 'string') return { says: word }
  reader.position++
  return { name, operator: asOperator(operator), word }
}

function asOperator(text: string | undefined): Reference['operator'] {
  return text === ':-' || text === '-' || text === ':?' || text === '?' ? text : ''
}

function evaluate(parts: readonly Part[], lookup: Lookup): Substitution {
  const used: Variable[] = []
  let text = ''
  for (const part of parts) {
    const value = typeof part === 'string' ? literal(part) : evaluateReference(part, lookup)
    if (value.code !== 'text') return value
    text += value.text
    used.push(...value.used)
  }
  return { code: 'text', text, used }
}

function evaluateReference({ name, operator, word }: Reference, lookup: Lookup): Substitution {
  const variable = lookup(name)
  const given = variable !== undefined && !(operator.startsWith(':') && variable.value === '')
  if (given) return { code: 'text', text: variable.value, used: [variable] }
  if (operator === '') return { code: 'unset', name, whole: false }
  const otherwise = evaluate(word, lookup)
  if (operator.endsWith('-') || otherwise.code !== 'text') return otherwise
  return { code: 'demanded', name, message: otherwise.text }
}

function literal(text: string): Substitution {
  return { code: 'text', text, used: [] }
}

const NAMES = /\$\{([A-Za-z_][A-Za-z0-9_]*)/g

/** Names of all variables that the texts of a file's tree mention. */
export function referencedNames(tree: Tree): ReadonlySet<string> {
  const names = new Set<string>()
  for (const { value } of scalarsOf(tree)) {
    if (typeof value !== 'string') continue
    for (const [, name = ''] of value.matchAll(NAMES)) names.add(name)
  }
  return names
}
