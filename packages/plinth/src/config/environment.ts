import { nearest } from '../kernel/index.ts'
import type { Fault } from './fault.ts'
import type { EnvironmentKey, SettingNames } from './setting-names.ts'
import { variablesOf } from './setting-names.ts'
import type { Source } from './source.ts'
import { fromDefault } from './source.ts'
import { substitute } from './substitute.ts'
import type { TreeMap } from './tree.ts'
import { nodeAt } from './tree.ts'
import type { Variable } from './variable.ts'

/** Which environment this process runs in, and who said so. */
export interface Environment {
  readonly name: string
  readonly source: Source
  readonly faults: readonly Fault[]
}

/**
 * Decides the environment before anything that depends on it is read: the caller's word, then the
 * variables (all that are given must agree), then the file, then the default.
 */
export function decideEnvironment(
  names: SettingNames,
  tree: TreeMap,
  variables: ReadonlyMap<string, Variable>,
  asked: string | undefined,
): Environment {
  const { environment: key } = names
  if (asked !== undefined) {
    return checked(key, asked, { kind: 'command', place: 'command line', variables: [] })
  }
  const given = variablesOf(names, key.key).flatMap((name) => variables.get(name) ?? [])
  const stated = given.filter((variable) => variable.value !== '')
  const [first] = stated
  if (first === undefined) return fromFile(key, tree, variables)
  const decided = checked(key, first.value, {
    kind: 'variable',
    place: first.place,
    variables: [first],
  })
  const meant = canonical(key, first.value)
  const other = stated.find((variable) => canonical(key, variable.value) !== meant)
  if (other === undefined) return decided
  return { ...decided, faults: [...decided.faults, disagreement(key, first, other)] }
}

function fromFile(
  key: EnvironmentKey,
  tree: TreeMap,
  variables: ReadonlyMap<string, Variable>,
): Environment {
  const node = nodeAt(tree, key.key)
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') {
    return { name: key.fallback, source: fromDefault, faults: [] }
  }
  const found = substitute(node.value, (name) => variables.get(name))
  // Any fault of this text is reported when the whole file is substituted.
  if (found.code !== 'text' || found.text === '') {
    return { name: key.fallback, source: fromDefault, faults: [] }
  }
  return checked(key, found.text, { kind: 'file', place: node.place, variables: found.used })
}

function checked(key: EnvironmentKey, text: string, source: Source): Environment {
  const name = canonical(key, text)
  if (key.known.includes(name)) return { name, source, faults: [] }
  const near = nearest(name, [...key.known, ...Object.keys(key.aliases)])
  const says = `must be one of ${key.known.join(', ')}, not ${JSON.stringify(text)}`
  const fix = near === undefined ? `choose one of them` : `write ${canonical(key, near)}`
  const { place, variables } = source
  const fault: Fault = { code: 'config.environment', place, key: key.key, variables, says, fix }
  return { name: key.fallback, source, faults: [fault] }
}

function canonical(key: EnvironmentKey, text: string): string {
  return (Object.hasOwn(key.aliases, text) ? key.aliases[text] : undefined) ?? text
}

function disagreement(key: EnvironmentKey, first: Variable, other: Variable): Fault {
  const says = `${first.name} says ${quote(first)} and ${other.name} says ${quote(other)}`
  return {
    code: 'config.conflict',
    place: first.place,
    key: key.key,
    variables: [first, other],
    says,
    fix: `keep ${first.name} only`,
  }
}

function quote({ value }: Variable): string {
  return JSON.stringify(value.slice(0, 40))
}
