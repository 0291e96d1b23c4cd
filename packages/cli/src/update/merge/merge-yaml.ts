import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml'
import { mergeLines } from './merge-lines.ts'
import { type Edit, mergeValues, type Value } from './merge-values.ts'
import { renewedNode } from './renewed-node.ts'
import type { Merged, Versions } from './versions.ts'

/**
 * Merges YAML by its keys, comments of both sides included; undefined when one of the three is not one
 * plain document (a chart's template, several documents, anchors).
 */
export function mergeYaml(versions: Versions): Merged | undefined {
  const [base, mine, theirs] = [parse(versions.base), parse(versions.mine), parse(versions.theirs)]
  if (base === undefined || mine === undefined || theirs === undefined) return undefined
  const trees = { base: base.toJS(), mine: mine.toJS(), theirs: theirs.toJS() }
  const found = mergeValues(trees)
  const edits = found.edits.filter((edit) => !removesNotes(edit, base, mine))
  const noted = found.edits.filter((edit) => !edits.includes(edit))
  const clashes = [
    ...found.clashes,
    ...noted.map(({ path }) => ({
      where: path.join('.'),
      mine: 'with what you noted there',
      theirs: '',
      marked: false,
    })),
  ]
  for (const edit of edits) apply(mine, edit, theirs)
  const value: Value = mine.toJS()
  // By lines the template's new comments come along and nothing is laid out anew. And where keys clash
  // because both sides changed a list of steps, the lines may still come together.
  const byLines = mergeLines(versions)
  const joined = byLines.clashes.length === 0 ? parse(byLines.text) : undefined
  if (joined !== undefined && clashes.length > 0) return byLines
  if (joined !== undefined && isDeepStrictEqual(joined.toJS(), value)) return byLines
  const text = edits.length === 0 ? versions.mine : mine.toString({ lineWidth: 0 })
  return isDeepStrictEqual(parse(text)?.toJS(), value) ? { text, clashes } : undefined
}

function parse(text: string): Document.Parsed | undefined {
  try {
    const document = parseDocument(text, { prettyErrors: false })
    return document.errors.length === 0 && !sharesNodes(document) ? document : undefined
  } catch {
    // Two documents in one file.
    return undefined
  }
}

/** One value under two keys: a change at one of them would be a change at both. */
function sharesNodes(document: Document): boolean {
  let found = false
  visit(document, {
    Alias: () => {
      found = true
      return visit.BREAK
    },
  })
  return found
}

/** The template took away what the owner left as it was but for a comment: that would go as well. */
function removesNotes({ path, value }: Edit, base: Document, mine: Document): boolean {
  if (value !== undefined) return false
  const pair = (document: Document) => pairIn(mapAt(document, path.slice(0, -1)), path.at(-1) ?? '')
  return !isDeepStrictEqual(commentsOf(pair(base)), commentsOf(pair(mine)))
}

/** Every comment at a key, at its value and inside that. */
function commentsOf(node: unknown): readonly string[] {
  if (isPair(node)) return [...commentsOf(node.key), ...commentsOf(node.value)]
  if (!isNode(node)) return []
  const inside = isCollection(node) ? node.items.flatMap(commentsOf) : []
  return [node.commentBefore, node.comment, ...inside].filter((text) => typeof text === 'string')
}

function apply(mine: Document, { path, value, after }: Edit, theirs: Document): void {
  const [parents, key] = [path.slice(0, -1), path.at(-1)]
  const map = mapAt(mine, parents)
  if (key === undefined) mine.contents = theirs.contents
  else if (map === undefined) return
  else if (value === undefined) map.items = map.items.filter((pair) => nameOf(pair) !== key)
  else {
    const pair = pairIn(map, key)
    if (pair !== undefined) pair.value = renewedNode(mine, pair.value, value)
    else insert(map, pairIn(mapAt(theirs, parents), key) ?? mine.createPair(key, value), after)
  }
}

/** Behind the key that it follows in the template. */
function insert(map: YAMLMap, pair: Pair, after: readonly string[]): void {
  const names = map.items.map(nameOf)
  const anchor = after.findLast((name) => names.includes(name))
  map.items.splice(anchor === undefined ? names.length : names.indexOf(anchor) + 1, 0, pair)
}

/** The map under a path of keys as `toJS` names them: a number is found by its text. */
function mapAt({ contents }: Document, path: readonly string[]): YAMLMap | undefined {
  const at = path.reduce<unknown>(
    (node, key) => pairIn(isMap(node) ? node : undefined, key)?.value,
    contents,
  )
  return isMap(at) ? at : undefined
}

/** The key with its value and the comments at both. */
function pairIn(map: YAMLMap | undefined, key: string): Pair | undefined {
  return map?.items.find((pair) => nameOf(pair) === key)
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}
