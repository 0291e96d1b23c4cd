import { isDeepStrictEqual } from 'node:util'
import { settleDependency, withSectionsOf } from './dependencies.ts'
import { mergeLines } from './merge-lines.ts'
import { type Edit, mergeValues, type Value } from './merge-values.ts'
import type { Merged, Versions } from './versions.ts'

/** What a merge of JSON is told. */
export interface JsonKind {
  /** Whether it is a package.json, whose dependencies have rules of their own. */
  readonly isManifest: boolean
}

/**
 * Merges JSON by its keys; undefined when one of the three is not JSON (a tsconfig with comments).
 * The owner's line breaks and order are kept where a merge by lines says the same.
 */
export function mergeJson(versions: Versions, { isManifest }: JsonKind): Merged | undefined {
  const parsed = parsedTrees(versions)
  if (parsed === undefined) return undefined
  const { mine } = parsed
  const [base, theirs] = isManifest
    ? [withSectionsOf(mine, parsed.base), withSectionsOf(mine, parsed.theirs)]
    : [parsed.base, parsed.theirs]
  const { edits, clashes } = mergeValues(
    { base, mine, theirs },
    isManifest ? settleDependency : undefined,
  )
  const value = edits.reduce(applied, mine)
  const byLines = mergeLines(versions)
  const same =
    byLines.clashes.length === 0 &&
    isDeepStrictEqual(parse(byLines.text)?.value, value) &&
    keysWritten(byLines.text) === keysWritten(JSON.stringify(value))
  return { text: same ? byLines.text : printed(value, versions.mine), clashes }
}

function parsedTrees({ base, mine, theirs }: Versions) {
  const [was, is, wanted] = [parse(base === '' ? '{}' : base), parse(mine), parse(theirs)]
  if (was === undefined || is === undefined || wanted === undefined) return undefined
  return { base: was.value, mine: is.value, theirs: wanted.value }
}

function parse(text: string): { readonly value: Value } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

/** How many keys a text of JSON writes; reading it hides one that is written twice. */
function keysWritten(text: string): number {
  return [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon).length
}

/** The tree with one edit made; a new key comes behind the one that it follows in the template. */
function applied(tree: Value, { path, value, after }: Edit): Value {
  const [key, ...rest] = path
  if (key === undefined) return value
  const entries = Object.entries(typeof tree === 'object' && tree !== null ? tree : {})
  const at = entries.findIndex(([name]) => name === key)
  if (rest.length > 0) {
    const child = applied(entries[at]?.[1], { path: rest, value, after })
    return Object.fromEntries(entries.with(at, [key, child]))
  }
  if (value === undefined) return Object.fromEntries(entries.toSpliced(at, 1))
  if (at >= 0) return Object.fromEntries(entries.with(at, [key, value]))
  const names = entries.map(([name]) => name)
  const anchor = after.findLast((name) => names.includes(name))
  const place = anchor === undefined ? entries.length : names.indexOf(anchor) + 1
  return Object.fromEntries(entries.toSpliced(place, 0, [key, value]))
}

function printed(value: Value, like: string): string {
  const indent = /^[ \t]+(?=")/m.exec(like)?.[0] ?? '  '
  return `${JSON.stringify(value, null, indent)}${like.endsWith('\n') ? '\n' : ''}`
}
