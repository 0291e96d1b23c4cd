import type { Variable } from './variable.ts'

/** A configuration value before its schema has seen it, with the place of every part. */
export type Tree = TreeMap | TreeList | TreeScalar

export interface TreeMap {
  readonly kind: 'map'
  readonly place: string
  readonly entries: ReadonlyMap<string, Tree>
}

export interface TreeList {
  readonly kind: 'list'
  readonly place: string
  readonly items: readonly Tree[]
}

export interface TreeScalar {
  readonly kind: 'scalar'
  readonly place: string
  readonly value: string | number | boolean | null
  /** As it was written; a key that wants text takes this (`0123` stays `0123`). */
  readonly text: string
  /** Variables that took part in the value. */
  readonly variables: readonly Variable[]
  /** `file`: `${…}` is replaced. Anything else is taken as it is. */
  readonly from: 'code' | 'command' | 'file' | 'variable'
  /** Set by substitution: this variable has no value, so the scalar stands for nothing. */
  readonly unset?: string
}

/**
 * A map with `node` under the dotted `key`; maps on the way are made. Where something else than a block
 * stands on the way (`app: 3`), the map stays as it is, so that the schema names the mistake.
 */
export function withNode(tree: TreeMap, key: string, node: Tree): TreeMap {
  const [head = '', ...rest] = key.split('.')
  const below = tree.entries.get(head)
  if (rest.length > 0 && below !== undefined && !canHold(below)) return tree
  const inner = below?.kind === 'map' ? below : emptyMap(tree.place)
  const next = rest.length === 0 ? node : withNode(inner, rest.join('.'), node)
  return { ...tree, entries: new Map(tree.entries).set(head, next) }
}

function canHold(node: Tree): boolean {
  return node.kind === 'map' || (node.kind === 'scalar' && node.value === null)
}

/** What a node says, whatever its lines and comments; equal texts mean the same. */
export function writtenIn(node: Tree): string {
  if (node.kind === 'scalar') return JSON.stringify(node.text)
  if (node.kind === 'list') return `[${node.items.map(writtenIn).join()}]`
  return `{${[...node.entries].map(([name, below]) => `${name}:${writtenIn(below)}`).join()}}`
}

/** A map without the dotted `key`. */
export function withoutNode(tree: TreeMap, key: string): TreeMap {
  const [head = '', ...rest] = key.split('.')
  const entries = new Map(tree.entries)
  const below = entries.get(head)
  if (rest.length === 0) entries.delete(head)
  else if (below?.kind === 'map') entries.set(head, withoutNode(below, rest.join('.')))
  return { ...tree, entries }
}

/** The node under a dotted key. */
export function nodeAt(tree: TreeMap, key: string): Tree | undefined {
  let node: Tree | undefined = tree
  for (const name of key.split('.'))
    node = node?.kind === 'map' ? node.entries.get(name) : undefined
  return node
}

export function emptyMap(place: string): TreeMap {
  return { kind: 'map', place, entries: new Map() }
}

/** A scalar with its place. */
export function scalar(
  value: TreeScalar['value'],
  place: string,
  more: Pick<TreeScalar, 'from' | 'variables'>,
): TreeScalar {
  return { kind: 'scalar', place, value, text: String(value ?? ''), ...more }
}

/** Every scalar of a tree. */
export function* scalarsOf(tree: Tree): Generator<TreeScalar> {
  if (tree.kind === 'scalar') yield tree
  else
    for (const node of tree.kind === 'list' ? tree.items : tree.entries.values())
      yield* scalarsOf(node)
}
