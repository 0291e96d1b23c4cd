import type { z } from 'zod'
import type { Fault, Notice } from './fault.ts'
import type { SettingNames, VariableName } from './setting-names.ts'
import { schemaAt } from './shape.ts'
import type { TreeMap, TreeScalar } from './tree.ts'
import { nodeAt, scalar, withNode, withoutNode, writtenIn } from './tree.ts'
import type { Variable } from './variable.ts'

/** A tree and what was found on the way. */
export interface Overlaid {
  readonly tree: TreeMap
  readonly faults: readonly Fault[]
  readonly notices: readonly Notice[]
}

/** Moves keys written under an old name to the current one. */
export function renameKeys(tree: TreeMap, names: SettingNames): Overlaid {
  let renamed = tree
  const faults: Fault[] = []
  const notices: Notice[] = []
  for (const { from, to } of names.keyAliases) {
    const [old, current] = [nodeAt(tree, from), nodeAt(tree, to)]
    if (old === undefined) continue
    renamed = withoutNode(renamed, from)
    if (current === undefined) renamed = withNode(renamed, to, old)
    else if (writtenIn(old) !== writtenIn(current)) faults.push(keysDiffer(old.place, from, to))
    notices.push({
      code: 'config.deprecated',
      place: old.place,
      says: `${from} is now called ${to}`,
    })
  }
  return { tree: renamed, faults, notices }
}

function keysDiffer(place: string, from: string, to: string): Fault {
  const says = `differs from ${to}, which is the same setting under its current name`
  return { code: 'config.conflict', place, key: from, says, fix: `remove ${from}` }
}

/** Lays the known variables that are set over the tree of the file. */
export function overlayVariables(
  tree: TreeMap,
  schema: z.core.$ZodType,
  names: SettingNames,
  variables: ReadonlyMap<string, Variable>,
): Overlaid {
  let overlaid = tree
  const faults: Fault[] = []
  const notices: Notice[] = []
  for (const [key, group] of givenByKey(names, variables)) {
    if (key === names.environment.key) continue
    const chosen = choose(key, group)
    faults.push(...chosen.faults)
    notices.push(...group.flatMap((given) => noticeOf(given, group, key, schema)))
    if (schemaAt(schema, key) === undefined) continue
    overlaid = withNode(overlaid, key, chosen.scalar)
  }
  return { tree: withImplied(overlaid, schema, names, variables), faults, notices }
}

function withImplied(
  tree: TreeMap,
  schema: z.core.$ZodType,
  names: SettingNames,
  variables: ReadonlyMap<string, Variable>,
): TreeMap {
  let complete = tree
  for (const { name, implies = {} } of names.variables) {
    const variable = variables.get(name)
    if (variable === undefined || variable.value === '') continue
    for (const [key, value] of Object.entries(implies)) {
      if (nodeAt(complete, key) !== undefined || schemaAt(schema, key) === undefined) continue
      const implied = { from: 'variable', variables: [variable] } as const
      complete = withNode(complete, key, scalar(value, variable.place, implied))
    }
  }
  return complete
}

interface Given {
  readonly name: VariableName
  readonly variable: Variable
}

function givenByKey(
  names: SettingNames,
  variables: ReadonlyMap<string, Variable>,
): ReadonlyMap<string, readonly Given[]> {
  const groups = new Map<string, Given[]>()
  for (const name of names.variables) {
    const variable = variables.get(name.name)
    if (variable === undefined || variable.value === '') continue
    const key = name.key ?? ''
    groups.set(key, [...(groups.get(key) ?? []), { name, variable }])
  }
  return groups
}

function choose(key: string, group: readonly Given[]): { scalar: TreeScalar; faults: Fault[] } {
  const strong = group.filter(({ name }) => !yields(name, group))
  if (strong.every(({ name }) => name.joins)) return { scalar: joined(strong), faults: [] }
  const [first] = strong
  const other = strong.find(({ variable }) => variable.value !== first?.variable.value)
  const clash =
    first === undefined || other === undefined || key === '' ? [] : [differ(key, first, other)]
  return { scalar: joined(strong.slice(0, 1)), faults: clash }
}

function yields(name: VariableName, group: readonly Given[]): boolean {
  return group.some((other) => other.name.name === name.yieldsTo)
}

function joined(group: readonly Given[]): TreeScalar {
  const variables = group.map(({ variable }) => variable)
  const text = variables.map(({ value }) => value).join(',')
  const place = variables[0]?.place ?? 'environment'
  return { kind: 'scalar', place, value: text, text, variables, from: 'variable' }
}

function differ(key: string, first: Given, other: Given): Fault {
  const says = `${first.name.name} and ${other.name.name} mean the same setting and differ`
  const old = first.name.deprecatedFor === undefined ? other : first
  return {
    code: 'config.conflict',
    place: first.variable.place,
    key,
    variables: [first.variable, other.variable],
    says,
    fix: `remove ${old.name.name}`,
  }
}

function noticeOf(
  { name, variable }: Given,
  group: readonly Given[],
  key: string,
  schema: z.core.$ZodType,
): readonly Notice[] {
  const { place } = variable
  const unread = name.key === undefined || schemaAt(schema, key) === undefined
  if (unread) {
    const says = `${name.name} is set, but ${name.later ?? 'this version does not read it'}`
    return [{ code: 'config.later', place, says }]
  }
  if (yields(name, group)) {
    const says = `${name.name} is set, but ${name.yieldsTo} is set too and wins`
    return [{ code: 'config.later', place, says }]
  }
  if (name.deprecatedFor === undefined) return []
  return [
    { code: 'config.deprecated', place, says: `${name.name} is now called ${name.deprecatedFor}` },
  ]
}
