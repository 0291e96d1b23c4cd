import type { Node, Pair } from 'yaml'
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Fault } from './fault.ts'
import type { Tree } from './tree.ts'
import { emptyMap } from './tree.ts'

const MAX_DEPTH = 32
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

/** A parsed file: its tree, or why it has none. */
export interface YamlFile {
  readonly tree: Tree
  readonly faults: readonly Fault[]
}

/**
 * Reads YAML 1.2 with the line of every value. Refused: duplicate keys, anchors and aliases, tags,
 * several documents, keys that could reach an object's prototype (HI-14).
 * @param file name for messages
 */
export function parseYaml(text: string, file: string): YamlFile {
  const lines = new LineCounter()
  const faults: Fault[] = []
  const place = (offset: number) => `${file}:${lines.linePos(offset).line}`
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' })
  const problems = [...document.errors, ...document.warnings]
  // The parser gives up on its own call stack; what it says after that is noise.
  if (problems.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) {
    return { tree: emptyMap(file), faults: [tooDeep(file)] }
  }
  for (const error of problems) {
    faults.push(syntaxFault(place(error.pos[0]), error.code, error.message))
  }
  if (faults.length > 0) return { tree: emptyMap(file), faults }
  const tree = readNode(document.contents, { place, faults, depth: 0, offset: 0 })
  return { tree, faults }
}

interface Position {
  readonly place: (offset: number) => string
  readonly faults: Fault[]
  readonly depth: number
  readonly offset: number
}

// The place of a value in a map is the line of its key, where a person looks for it.
function readNode(node: Node | null, at: Position, keyOffset?: number): Tree {
  const offset = keyOffset ?? node?.range?.[0] ?? at.offset
  const place = at.place(offset)
  const inner = { ...at, depth: at.depth + 1, offset }
  if (at.depth > MAX_DEPTH) return refused(at, tooDeep(place))
  if (isMap(node)) return { kind: 'map', place, entries: readPairs(node.items, inner) }
  if (isSeq(node)) {
    return { kind: 'list', place, items: node.items.map((item) => readNode(asNode(item), inner)) }
  }
  if (isAlias(node)) return refused(at, noAlias(place))
  return readScalar(node, place)
}

function readScalar(node: Node | null, place: string): Tree {
  const value = isScalar(node) ? node.value : null
  const source = isScalar(node) ? (node.source ?? '') : ''
  const variables: [] = []
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return { kind: 'scalar', place, value, text: source, variables, from: 'file' }
  }
  return { kind: 'scalar', place, value: null, text: '', variables, from: 'file' }
}

function readPairs(pairs: readonly Pair[], at: Position): ReadonlyMap<string, Tree> {
  const entries = new Map<string, Tree>()
  for (const pair of pairs) {
    const key = asNode(pair.key)
    const offset = key?.range?.[0] ?? at.offset
    const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined
    if (name === undefined || FORBIDDEN.has(name)) {
      at.faults.push(forbiddenKey(at.place(offset), name ?? 'this'))
      continue
    }
    entries.set(name, readNode(asNode(pair.value), at, offset))
  }
  return entries
}

function asNode(value: unknown): Node | null {
  return isScalar(value) || isMap(value) || isSeq(value) || isAlias(value) ? value : null
}

function refused(at: Position, fault: Fault): Tree {
  at.faults.push(fault)
  return emptyMap(fault.place)
}

function forbiddenKey(place: string, name: string): Fault {
  const says = `${JSON.stringify(name)} is not allowed as a key`
  return { code: 'config.forbidden_key', place, says, fix: 'remove this line' }
}

function noAlias(place: string): Fault {
  const says = 'YAML anchors and aliases are not read here'
  return { code: 'config.syntax', place, says, fix: 'write the value out, or put * in quotes' }
}

function tooDeep(place: string): Fault {
  const says = `nests deeper than ${MAX_DEPTH} levels`
  return { code: 'config.syntax', place, says, fix: 'flatten this block' }
}

// The parser's own words may quote the file, and the file may hold a secret.
function syntaxFault(place: string, code: string, message: string): Fault {
  if (code === 'DUPLICATE_KEY') {
    const says = 'this key stands twice in the same block'
    return { code: 'config.syntax', place, says, fix: 'keep one of the two' }
  }
  if (code === 'MULTIPLE_DOCS') {
    const says = 'begins a second document'
    return { code: 'config.syntax', place, says, fix: 'remove the line with ---' }
  }
  const says = `is not valid YAML (${message.split(':')[0]?.slice(0, 80)})`
  const fix = 'check the indentation, and quote values that hold ": ", " #", { or ['
  return { code: 'config.syntax', place, says, fix }
}
