import { entityProblems } from './entity.errors.ts'

const ETAG = /^"([1-9]\d{0,9})"$/
const LARGEST_VERSION = 2 ** 31 - 1

/** The ETag of a row: its version (RFC 9110 §8.8.3). */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`
}

/**
 * The version that `If-Match` demands; undefined when it demands none, or any (`*`).
 * @throws entity.stale for a tag that no row can have: weak ones never match (RFC 9110 §13.1.1)
 */
export function demandedVersion(ifMatch: string | undefined): number | undefined {
  const tag = ifMatch?.trim()
  if (tag === undefined || tag === '*') return undefined
  const version = Number(ETAG.exec(tag)?.[1])
  if (version <= LARGEST_VERSION) return version
  throw entityProblems.stale('If-Match holds no tag of ours')
}
