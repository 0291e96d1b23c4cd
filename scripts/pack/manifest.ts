/** What a package.json may hold that matters here. */
export interface Manifest {
  readonly name: string
  readonly exports?: unknown
  readonly [field: string]: unknown
}

const ONLY_HERE = ['scripts', 'devDependencies']

/** A package.json as it is published: without the `plinth-source` condition and what only this repository uses. */
export function manifestToPublish(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !ONLY_HERE.includes(field))
  const published = Object.fromEntries(kept)
  return {
    ...published,
    name: manifest.name,
    ...(manifest.exports === undefined ? {} : { exports: withoutSource(manifest.exports) }),
  }
}

function withoutSource(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target
  const kept = Object.entries(target).filter(([condition]) => condition !== 'plinth-source')
  return Object.fromEntries(kept.map(([condition, value]) => [condition, withoutSource(value)]))
}
