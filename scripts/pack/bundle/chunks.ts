import type { Linked } from './linked-modules.ts'

/** Modules that load together, in the order in which they run. */
export type Chunk = readonly string[]

/**
 * Parts modules into chunks, so that every module exists once and an entry that loads by itself loads
 * little that it does not need. A chunk never imports one that imports it: what it needs is needed by
 * more of these entries.
 * @param alone entries that processes load without the others
 */
export function chunksOf({ modules, entries }: Linked, alone: readonly string[]): readonly Chunk[] {
  const needs = new Map<string, string[]>()
  for (const [entry, { inner, module }] of entries) {
    if (!alone.includes(entry)) continue
    const roots = inner.length === 0 ? [module.file] : inner.map(({ from }) => from)
    for (const file of reached(modules, roots)) {
      needs.set(file, [...(needs.get(file) ?? []), entry])
    }
  }
  const chunks = new Map<string, string[]>()
  for (const file of modules.keys()) {
    const key = (needs.get(file) ?? []).join(' ')
    chunks.set(key, [...(chunks.get(key) ?? []), file])
  }
  return [...chunks.values()]
}

function reached(modules: Linked['modules'], roots: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (file: string): void => {
    if (seen.has(file)) return
    seen.add(file)
    for (const { from } of modules.get(file)?.inner ?? []) visit(from)
  }
  for (const file of roots) if (modules.has(file)) visit(file)
  return seen
}
