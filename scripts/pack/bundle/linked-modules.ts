import type { Binding, Module } from './read-module.ts'
import { readModule } from './read-module.ts'

/** A module whose imports lead to where each name is made, past every file that only passes it on. */
export interface LinkedModule {
  readonly module: Module
  /** Names of other files of the package. */
  readonly inner: readonly Binding[]
  /** Names of other packages. */
  readonly outer: readonly Binding[]
}

/** Modules of a package, and what its entries offer. */
export interface Linked {
  /** Each after all that it imports. */
  readonly modules: ReadonlyMap<string, LinkedModule>
  /** By entry. */
  readonly entries: ReadonlyMap<string, LinkedModule>
}

/**
 * Reads the modules behind some entries, and behind what those import later. A module counts as needed
 * when a name of its own is: the packages declare that importing has no side effects.
 */
export async function linkModules(root: string, entries: readonly string[]): Promise<Linked> {
  const read = new Map<string, Promise<Module>>()
  const moduleOf = (file: string): Promise<Module> => {
    const known = read.get(file) ?? readModule(root, file)
    read.set(file, known)
    return known
  }
  const modules = new Map<string, LinkedModule>()
  const offered = new Map<string, LinkedModule>()
  const begun = new Set<string>()

  const visit = async (file: string): Promise<void> => {
    if (begun.has(file)) return
    begun.add(file)
    const module = await moduleOf(file)
    const linked = await link(moduleOf, module, module.imports)
    for (const { from } of linked.inner) await visit(from)
    modules.set(file, linked)
    for (const entry of module.later) await visitEntry(entry)
  }
  const visitEntry = async (file: string): Promise<void> => {
    if (offered.has(file)) return
    const module = await moduleOf(file)
    const own = [...module.exported.keys()].map((as) => ({ from: file, inner: true, name: as, as }))
    const linked = await link(moduleOf, module, [...own, ...module.passedOn])
    offered.set(file, linked)
    for (const { from } of linked.inner) await visit(from)
    // A program exports nothing and is run for what it does.
    if (linked.inner.length + linked.outer.length === 0) await visit(file)
  }
  for (const entry of entries) await visitEntry(entry)
  return { modules, entries: offered }
}

type ModuleOf = (file: string) => Promise<Module>

async function link(
  moduleOf: ModuleOf,
  module: Module,
  names: readonly Binding[],
): Promise<LinkedModule> {
  const origins = await Promise.all(names.map((name) => originOf(moduleOf, name)))
  return {
    module,
    inner: origins.filter(({ inner }) => inner),
    outer: origins.filter(({ inner }) => !inner),
  }
}

/** @throws Error when nobody makes the name */
async function originOf(moduleOf: ModuleOf, binding: Binding): Promise<Binding> {
  const { from, inner, name, as } = binding
  if (!inner) return binding
  const module = await moduleOf(from)
  const own = module.exported.get(name)
  if (own !== undefined) return { from, inner, name: own, as }
  const passed = module.passedOn.find((one) => one.as === name)
  if (passed === undefined) throw new Error(`${from} exports no ${name}`)
  return originOf(moduleOf, { ...passed, as })
}
