/** What a package.json may hold that matters here. */
export interface Manifest {
  readonly name: string
  readonly exports?: unknown
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly [field: string]: unknown
}

const ONLY_HERE = ['scripts', 'devDependencies']
/** The package that a service has exactly once; whatever else runs in a service uses that one. */
const ONE_IN_A_SERVICE = 'plinth'

/** A package.json as it is published: without the `plinth-source` condition and what only this repository uses. */
export function manifestToPublish(manifest: Manifest): Manifest {
  const kept = Object.entries(manifest).filter(([field]) => !ONLY_HERE.includes(field))
  const published = Object.fromEntries(kept)
  return {
    ...published,
    name: manifest.name,
    ...(manifest.exports === undefined ? {} : { exports: withoutSource(manifest.exports) }),
    ...peers(manifest),
  }
}

/**
 * The command line imports a service's modules, and these import `plinth`: a second copy would not know what the first
 * one made. In this repository it is a dependency, so that the workspace links it; published, it is a peer.
 */
function peers({ dependencies, peerDependencies }: Manifest): Partial<Manifest> {
  const { [ONE_IN_A_SERVICE]: version, ...others } = dependencies ?? {}
  if (version === undefined) return {}
  return {
    dependencies: others,
    peerDependencies: { ...peerDependencies, [ONE_IN_A_SERVICE]: version },
  }
}

function withoutSource(target: unknown): unknown {
  if (typeof target !== 'object' || target === null) return target
  const kept = Object.entries(target).filter(([condition]) => condition !== 'plinth-source')
  return Object.fromEntries(kept.map(([condition, value]) => [condition, withoutSource(value)]))
}
