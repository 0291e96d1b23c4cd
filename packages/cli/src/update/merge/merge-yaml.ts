import { isDeepStrictEqual } from 'node:util'
import { type Document, isMap, isScalar, type Pair, parseDocument, visit, type YAMLMap } from 'yaml'
import { mergeLines } from './merge-lines.ts'
import { type Edit, mergeValues, type Value } from './merge-values.ts'
import type { Merged, Versions } from './versions.ts'

/**
 * Merges YAML by its keys, comments of both sides included; undefined when one of the three is not one
 * plain document (a chart's template, several documents, anchors).
 */
export function mergeYaml(versions: Versions): Merged | undefined {
  const [base, mine, theirs] = [parse(versions.base), parse(versions.mine), parse(versions.theirs)]
  if (base === undefined || mine === undefined || theirs === undefined) return undefined
  const trees = { base: base.toJS(), mine: mine.toJS(), theirs: theirs.toJS() }
  const { edits, clashes } = mergeValues(trees)
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

function apply(mine: Document, { path, value, after }: Edit, theirs: Document): void {
  const [parents, key] = [path.slice(0, -1), path.at(-1)]
  if (key === undefined) mine.contents = theirs.contents
  else if (value === undefined) mine.deleteIn(path)
  else if (mine.hasIn(path)) mine.setIn(path, mine.createNode(value))
  else {
    const map = parents.length === 0 ? mine.contents : mine.getIn(parents, true)
    if (isMap(map)) insert(map, pairOf(theirs, path) ?? mine.createPair(key, value), after)
    else mine.setIn(path, value)
  }
}

/** Behind the key that it follows in the template. */
function insert(map: YAMLMap, pair: Pair, after: readonly string[]): void {
  const names = map.items.map(nameOf)
  const anchor = after.findLast((name) => names.includes(name))
  map.items.splice(anchor === undefined ? names.length : names.indexOf(anchor) + 1, 0, pair)
}

/** The key with its value and the comments at both, as the template writes them. */
function pairOf(document: Document, path: readonly string[]): Pair | undefined {
  const parents = path.slice(0, -1)
  const map = parents.length === 0 ? document.contents : document.getIn(parents, true)
  return isMap(map) ? map.items.find((pair) => nameOf(pair) === path.at(-1)) : undefined
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key)
}
