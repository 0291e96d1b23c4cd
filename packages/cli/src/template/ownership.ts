/** Whose a file of a service is, and so what `plinth update` may do with it. */
export type Ownership = 'yours' | 'ours' | 'shared'

/** One line of the table; the first that fits decides. */
interface Rule {
  readonly paths: RegExp
  readonly ownership: Ownership
}

/**
 * yours: never touched. ours: written anew by Plinth. shared: merged three ways with the text it once had.
 * A path that no line names is the owner's: what Plinth did not bring, it does not touch.
 */
const TABLE: readonly Rule[] = [
  { paths: /^src\/generated\//, ownership: 'ours' },
  { paths: /^\.plinth\/(manifest\.json$|base\/)/, ownership: 'ours' },
  { paths: /^vendor\/plinth-[^/]+\.tgz$/, ownership: 'ours' },
  { paths: /^(src|tests|migrations)\//, ownership: 'yours' },
  {
    paths: /^(package|tsconfig|biome)\.jsonc?$|^config\.yaml$|^(README|AGENTS)\.md$/,
    ownership: 'shared',
  },
  {
    paths: /^\.(env\.example|gitignore|gitattributes|node-version|dockerignore|yarnrc\.yml)$/,
    ownership: 'shared',
  },
  { paths: /^(Dockerfile|compose[^/]*\.ya?ml)$|^infra\//, ownership: 'shared' },
  { paths: /^\.github\/workflows\/(ci|plinth-update)\.yml$/, ownership: 'shared' },
]

/**
 * Whose a file is.
 * @param path from the root of the service, with forward slashes
 */
export function ownershipOf(path: string): Ownership {
  return TABLE.find((rule) => rule.paths.test(path))?.ownership ?? 'yours'
}
