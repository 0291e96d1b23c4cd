import path from 'node:path'
import type { LinkedModule } from './linked-modules.ts'
import type { Binding } from './read-module.ts'

/** Where modules stand after bundling. */
export interface Places {
  /** The chunk that holds a module. */
  chunkOf(file: string): string
  /** The constant there that holds the module's exports. */
  nameOf(file: string): string
}

/**
 * The text of a chunk. Each module is a function that runs once and returns its exports: its names stay
 * its own, and its lines stay as they were compiled.
 * @param place of the chunk, below the folder of the package's code
 */
export function chunkText(place: string, modules: readonly LinkedModule[], places: Places): string {
  const outer = new Outer()
  const bodies = modules.map((module) => moduleText(place, module, { outer, places }))
  const files = modules.flatMap(({ inner }) => inner.map(({ from }) => from))
  const names = modules.map(({ module }) => places.nameOf(module.file))
  return [
    ...outer.lines(),
    ...importsOf(place, files, places),
    ...bodies.flat(),
    `export { ${names.join(', ')} };`,
    '',
  ].join('\n')
}

/**
 * The text of an entry: the names that it offers, and nothing else.
 * @param place of the entry, below the folder of the package's code
 */
export function entryText({ module, inner, outer }: LinkedModule, places: Places): string {
  const place = module.file
  const files = inner.map(({ from }) => from)
  const isProgram = inner.length + outer.length === 0
  return [
    ...(isProgram ? [`import '${relative(place, places.chunkOf(place))}';`] : []),
    ...importsOf(place, files, places),
    ...[...grouped(inner)].map(
      ([from, names]) => `export const ${picked(names)} = ${places.nameOf(from)};`,
    ),
    ...outer.map(({ from, name, as }) => `export { ${name} as ${as} } from '${from}';`),
    '',
  ].join('\n')
}

interface Around {
  readonly outer: Outer
  readonly places: Places
}

function moduleText(
  place: string,
  { module, inner, outer }: LinkedModule,
  around: Around,
): readonly string[] {
  const given = [
    ...outer.map((binding) => `${binding.as} = ${around.outer.nameOf(binding)}`),
    ...[...grouped(inner)].map(
      ([from, names]) => `${picked(names)} = ${around.places.nameOf(from)}`,
    ),
  ]
  const returned = [...module.exported].map(([as, name]) => (as === name ? as : `${as}: ${name}`))
  return [
    `// ${module.file}`,
    `const ${around.places.nameOf(module.file)} = (() => {`,
    ...(given.length === 0 ? [] : [`const ${given.join(', ')};`]),
    ...trimmed(module.code).map((line) => movedLine(line, module.file, place)),
    `return { ${returned.join(', ')} };`,
    '})();',
  ]
}

/** A module that asks where it is gets the answer that it had as a file of its own. */
function movedLine(line: string, file: string, place: string): string {
  return line
    .replace(/\bimport\('(\.[^']+)'\)/g, (_, target: string) => {
      const entry = path.posix.join(path.posix.dirname(file), target)
      return `import('${relative(place, entry)}')`
    })
    .replaceAll('import.meta.url', `new URL('${relative(place, file)}', import.meta.url).href`)
}

function trimmed(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== '')
  return first === -1 ? [] : lines.slice(first)
}

/** What a chunk imports from other packages: each name once, under a name of the chunk's. */
class Outer {
  readonly #names = new Map<string, string>()
  readonly #bySource = new Map<string, string[]>()

  nameOf({ from, name }: Binding): string {
    const key = `${from} ${name}`
    const known = this.#names.get(key)
    if (known !== undefined) return known
    const own = `$o${this.#names.size}`
    this.#names.set(key, own)
    this.#bySource.set(from, [...(this.#bySource.get(from) ?? []), `${name} as ${own}`])
    return own
  }

  lines(): readonly string[] {
    return [...this.#bySource].map(
      ([from, names]) => `import { ${names.join(', ')} } from '${from}';`,
    )
  }
}

function importsOf(place: string, files: readonly string[], places: Places): readonly string[] {
  const byChunk = new Map<string, Set<string>>()
  for (const file of files) {
    const chunk = places.chunkOf(file)
    if (chunk === place) continue
    byChunk.set(chunk, (byChunk.get(chunk) ?? new Set()).add(places.nameOf(file)))
  }
  return [...byChunk].map(
    ([chunk, names]) => `import { ${[...names].join(', ')} } from '${relative(place, chunk)}';`,
  )
}

function grouped(names: readonly Binding[]): ReadonlyMap<string, readonly Binding[]> {
  const groups = new Map<string, Binding[]>()
  for (const name of names) groups.set(name.from, [...(groups.get(name.from) ?? []), name])
  return groups
}

function picked(names: readonly Binding[]): string {
  const list = names.map(({ name, as }) => (name === as ? as : `${name}: ${as}`))
  return `{ ${list.join(', ')} }`
}

function relative(from: string, to: string): string {
  const way = path.posix.relative(path.posix.dirname(from), to)
  return way.startsWith('.') ? way : `./${way}`
}
