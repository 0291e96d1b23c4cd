import { z } from 'zod'
import { nearest } from '../kernel/index.ts'
import { coerceScalar } from './coerce.ts'
import type { Fault, Notice } from './fault.ts'
import type { SettingNames } from './setting-names.ts'
import { keyPattern } from './setting-names.ts'
import { childOf, shapeOf } from './shape.ts'
import type { Source } from './source.ts'
import { notSet } from './substitute-tree.ts'
import type { Tree, TreeList, TreeMap, TreeScalar } from './tree.ts'
import { emptyMap } from './tree.ts'

/** What the walk over a tree collects. */
export interface Findings {
  readonly sources: Map<string, Source>
  /** Place of every block, for keys that are missing in it. */
  readonly blocks: Map<string, string>
  readonly faults: Fault[]
  readonly notices: Notice[]
}

/** Turns a tree into the plain value that its schema parses; undefined where nothing is given. */
export function plainValue(
  tree: Tree,
  schema: z.core.$ZodType,
  names: SettingNames,
  findings: Findings,
): unknown {
  return new Walk(names, findings).value(tree, schema, '')
}

class Walk {
  readonly #names: SettingNames
  readonly #findings: Findings

  constructor(names: SettingNames, findings: Findings) {
    this.#names = names
    this.#findings = findings
  }

  value(tree: Tree, schema: z.core.$ZodType, key: string): unknown {
    const { base } = shapeOf(schema)
    const isBlock = base instanceof z.ZodObject || base instanceof z.ZodRecord
    if (tree.kind === 'scalar') {
      return isBlock && isEmpty(tree)
        ? this.#block(emptyMap(tree.place), base, key)
        : this.#scalar(tree, schema, key)
    }
    if (tree.kind === 'list') return this.#list(tree, base, key)
    if (isBlock) return this.#block(tree, base, key)
    this.#findings.sources.set(key, { kind: 'file', place: tree.place, variables: [] })
    return {}
  }

  #scalar(scalar: TreeScalar, schema: z.core.$ZodType, key: string): unknown {
    const { place, variables, unset } = scalar
    const absent = isEmpty(scalar)
    const { mayBeAbsent, acceptsNull } = shapeOf(schema)
    const saysNull = scalar.value === null && unset === undefined && acceptsNull
    if (absent && mayBeAbsent && !saysNull) return undefined
    if (absent && unset !== undefined) this.#findings.faults.push(notSet({ place, key }, unset))
    this.#findings.sources.set(key, { kind: scalar.from, place, variables })
    if (scalar.value === null) return saysNull ? null : undefined
    return coerceScalar(schema, scalar)
  }

  #list(list: TreeList, base: z.core.$ZodType, key: string): unknown {
    const element = base instanceof z.ZodArray ? base.element : z.unknown()
    const given = list.items.filter((item) => item.kind !== 'scalar' || !isEmpty(item))
    const variables = given.flatMap((item) => (item.kind === 'scalar' ? item.variables : []))
    this.#findings.sources.set(key, { kind: 'file', place: list.place, variables })
    return given.map((item, index) => this.value(item, element, `${key}.${index}`))
  }

  #block(map: TreeMap, base: z.core.$ZodType, key: string): unknown {
    this.#findings.blocks.set(key, map.place)
    const block: Record<string, unknown> = {}
    for (const [name, node] of map.entries) {
      const below = key === '' ? name : `${key}.${name}`
      const schema = childOf(base, name)
      if (schema === undefined) this.#unknown(node, base, below)
      else put(block, name, this.value(node, schema, below))
    }
    if (base instanceof z.ZodObject) this.#absentBlocks(map, base, key, block)
    return block
  }

  // A block whose keys all have defaults may be left out as a whole.
  #absentBlocks(
    map: TreeMap,
    base: z.ZodObject,
    key: string,
    block: Record<string, unknown>,
  ): void {
    for (const [name, schema] of Object.entries(base.shape)) {
      const child = shapeOf(schema)
      if (map.entries.has(name) || child.mayBeAbsent || !(child.base instanceof z.ZodObject))
        continue
      const below = key === '' ? name : `${key}.${name}`
      block[name] = this.#block(emptyMap(map.place), child.base, below)
    }
  }

  #unknown(node: Tree, base: z.core.$ZodType, key: string): void {
    const later = this.#names.laterKeys.find((known) => keyPattern(known.key).test(key))
    if (later !== undefined) {
      const notice: Notice = {
        code: 'config.later',
        place: node.place,
        says: `${key} is set, but ${later.says}`,
      }
      this.#findings.notices.push(notice)
      return
    }
    this.#findings.faults.push(unknownKey(node.place, key, knownNames(base)))
  }
}

// An empty text counts as nothing given only where a variable made it: `key: ""` is a person's word.
function isEmpty(scalar: TreeScalar): boolean {
  if (scalar.value === null) return true
  return scalar.value === '' && (scalar.variables.length > 0 || scalar.from === 'variable')
}

function put(block: Record<string, unknown>, name: string, value: unknown): void {
  if (value !== undefined) block[name] = value
}

function knownNames(schema: z.core.$ZodType): readonly string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function unknownKey(place: string, key: string, known: readonly string[]): Fault {
  const name = key.split('.').at(-1) ?? key
  const near = nearest(name, known)
  const says = 'is not a setting'
  const fix = near === undefined ? `use one of: ${known.join(', ')}` : `did you mean ${near}?`
  return { code: 'config.unknown_key', place, key, says, fix }
}
