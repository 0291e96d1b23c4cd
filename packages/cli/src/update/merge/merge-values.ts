import { isDeepStrictEqual } from 'node:util'
import type { Clash } from './versions.ts'

/** What a JSON or YAML file holds. */
export type Value = unknown

/** One change to make in the owner's tree: a new value, or none. */
export interface Edit {
  readonly path: readonly string[]
  /** Absent: the key goes. */
  readonly value?: Value
  /** Keys that stand before it in the template, nearest last. */
  readonly after: readonly string[]
}

/** Three trees of one file. */
export interface Trees {
  readonly base: Value
  readonly mine: Value
  readonly theirs: Value
}

/** Settles a value that all three have differently; undefined leaves it a clash. */
export type Settle = (path: readonly string[], trees: Trees) => Value

/** What merging found: the edits that bring the template's changes, and what it could not decide. */
export interface MergedValues {
  readonly edits: readonly Edit[]
  readonly clashes: readonly Clash[]
}

/**
 * Merges trees by their keys. What the owner took away stays away, whatever the template makes of it;
 * where both changed a value, the owner's stands and the clash is named.
 */
export function mergeValues(trees: Trees, settle: Settle = () => undefined): MergedValues {
  const edits: Edit[] = []
  const clashes: Clash[] = []
  const walk = (
    path: readonly string[],
    { base, mine, theirs }: Trees,
    after: readonly string[],
  ) => {
    if (isDeepStrictEqual(base, theirs) || isDeepStrictEqual(mine, theirs)) return
    // Key by key even where the owner changed no value: order and comments may be theirs.
    if (isMap(mine) && isMap(theirs)) within(path, { base, mine, theirs })
    else if (isDeepStrictEqual(mine, base)) edits.push(change(path, theirs, after))
    else if (isMap(mine) && isMap(base) && theirs === undefined)
      within(path, { base, mine, theirs: {} })
    // The owner took it away.
    else if (mine === undefined) return
    else if (merges(path, { base, mine, theirs }))
      edits.push(change(path, mergedList({ base, mine, theirs }), after))
    else {
      const settled = theirs === undefined ? undefined : settle(path, { base, mine, theirs })
      if (settled === undefined) clashes.push(clash(path, mine, theirs))
      else if (!isDeepStrictEqual(settled, mine)) edits.push(change(path, settled, after))
    }
  }
  const within = (path: readonly string[], { base, mine, theirs }: Trees) => {
    const [was, is, wanted] = [entriesOf(base), entriesOf(mine), entriesOf(theirs)]
    const order = [...wanted.keys()]
    for (const key of new Set([...order, ...was.keys()])) {
      const child = { base: was.get(key), mine: is.get(key), theirs: wanted.get(key) }
      walk([...path, key], child, order.slice(0, Math.max(0, order.indexOf(key))))
    }
  }
  walk([], trees, [])
  return { edits, clashes }
}

function change(path: readonly string[], value: Value, after: readonly string[]): Edit {
  return value === undefined ? { path, after } : { path, value, after }
}

function clash(path: readonly string[], mine: Value, theirs: Value): Clash {
  return {
    where: path.join('.') || 'all of it',
    mine: shown(mine),
    theirs: shown(theirs),
    marked: false,
  }
}

function shown(value: Value): string {
  return value === undefined ? '' : JSON.stringify(value)
}

/** The order of what a program is called with is part of its meaning. */
const ORDERED = new Set(['command', 'entrypoint', 'args', 'cmd'])

function merges(path: readonly string[], { base, mine, theirs }: Trees): boolean {
  if (ORDERED.has(path.at(-1) ?? '')) return false
  return [base ?? [], mine, theirs].every(isPlainList)
}

function isPlainList(value: Value): value is readonly (string | number | boolean)[] {
  if (!Array.isArray(value) || new Set(value).size < value.length) return false
  return value.every((item) => typeof item !== 'object')
}

function mergedList({ base, mine, theirs }: Trees): Value {
  const [was, is, wanted] = [base ?? [], mine, theirs].map((list) =>
    Array.isArray(list) ? list : [],
  )
  const kept = (is ?? []).filter((item) => !was?.includes(item) || wanted?.includes(item))
  const added = (wanted ?? []).filter((item) => !was?.includes(item) && !kept.includes(item))
  return [...kept, ...added]
}

function isMap(value: Value): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entriesOf(value: Value): ReadonlyMap<string, Value> {
  return new Map(isMap(value) ? Object.entries(value) : [])
}
