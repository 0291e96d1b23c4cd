import type { Fault } from './fault.ts'
import type { Substitution } from './substitute.ts'
import { substitute } from './substitute.ts'
import type { Tree, TreeScalar } from './tree.ts'
import type { Lookup } from './variable.ts'

/** Replaces one scalar by another one. */
type Change = (scalar: TreeScalar, key: string) => Promise<TreeScalar>

/** A tree with every scalar changed. */
export async function mapScalars(tree: Tree, change: Change, key = ''): Promise<Tree> {
  const below = (name: string) => (key === '' ? name : `${key}.${name}`)
  if (tree.kind === 'scalar') return change(tree, key)
  if (tree.kind === 'list') {
    const items: Tree[] = []
    for (const [index, item] of tree.items.entries()) {
      items.push(await mapScalars(item, change, below(String(index))))
    }
    return { ...tree, items }
  }
  const entries = new Map<string, Tree>()
  for (const [name, node] of tree.entries)
    entries.set(name, await mapScalars(node, change, below(name)))
  return { ...tree, entries }
}

/** Replaces `${…}` in the scalars that come from the file; adds to `faults` what cannot be replaced. */
export function substituted(lookup: Lookup, faults: Fault[]): Change {
  return async (scalar, key) => {
    if (
      scalar.from !== 'file' ||
      typeof scalar.value !== 'string' ||
      !scalar.value.includes('${')
    ) {
      return scalar
    }
    const result = substitute(scalar.value, lookup)
    if (result.code === 'text' && result.text === '' && result.used.length === 0) {
      // `${NAME:-}` stands for nothing, as `${NAME}` does.
      return { ...scalar, value: null, text: '', unset: firstNameIn(scalar.value) }
    }
    if (result.code === 'text') {
      return { ...scalar, value: result.text, text: result.text, variables: result.used }
    }
    if (result.code === 'unset' && result.whole)
      return { ...scalar, value: null, text: '', unset: result.name }
    faults.push(faultOf(result, scalar, key))
    return { ...scalar, value: null, text: '' }
  }
}

function firstNameIn(text: string): string {
  return /\$\{(\w+)/.exec(text)?.[1] ?? ''
}

function faultOf(
  result: Exclude<Substitution, { code: 'text' }>,
  scalar: TreeScalar,
  key: string,
): Fault {
  const at = { place: scalar.place, key }
  switch (result.code) {
    case 'unset':
      return notSet(at, result.name)
    case 'demanded':
      return { ...notSet(at, result.name), fix: result.message || `set ${result.name}` }
    case 'malformed':
      return {
        ...at,
        code: 'config.substitution',
        says: result.says,
        fix: 'close it, put the whole value in quotes, or write $${ for a plain ${',
      }
  }
}

/** The refusal of a variable without value at a place that needs one. */
export function notSet(at: { place: string; key: string }, name: string): Fault {
  const fix = `set ${name} in .env or in the environment, or write a default: \${${name}:-…}`
  return { ...at, code: 'config.not_set', says: `\${${name}} is not set`, fix }
}

const REFERENCE = /^(?:openbao|bao|vault):\/\/\S+$/

/** Fetches what a secret reference such as `openbao://secret/data/app#key` stands for. */
export type ResolveSecret = (reference: string) => Promise<string>

/** Replaces secret references by the secrets; adds to `faults` those that cannot be had. */
export function dereferenced(resolve: ResolveSecret | undefined, faults: Fault[]): Change {
  return async (scalar, key) => {
    if (typeof scalar.value !== 'string' || !REFERENCE.test(scalar.value)) return scalar
    try {
      if (resolve === undefined) throw new Error('this service has no secret store')
      const value = await resolve(scalar.value)
      return { ...scalar, value, text: value, from: 'variable' }
    } catch (error) {
      faults.push(unresolved(scalar, key, error))
      return { ...scalar, value: null, text: '' }
    }
  }
}

function unresolved(scalar: TreeScalar, key: string, error: unknown): Fault {
  const reason = error instanceof Error ? error.message : 'the store did not answer'
  const { place, variables } = scalar
  const says = `is a secret reference that cannot be resolved (${reason})`
  const fix = 'give the secret itself by a variable or a secret file, or mend the secret store'
  return { code: 'config.reference', place, key, variables, says, fix }
}
