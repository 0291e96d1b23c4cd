import { hash } from 'node:crypto'
import type { EntityTag } from '../../kernel/index.ts'
import { entityTags } from '../../kernel/index.ts'
import { entityProblems } from './entity.errors.ts'
import type { Expanded } from './list/list-options.ts'

// The version, and behind a point what stood beside the row in that answer.
const ETAG = /^"([1-9]\d{0,9})(?:\.[\w-]{1,43})?"$/
const LARGEST_VERSION = 2 ** 31 - 1

/** Which versions of a row a change may touch: this one alone, or one of some, or none of some. */
export type VersionDemand =
  | number
  | { readonly among?: readonly number[]; readonly except?: readonly number[] }

/**
 * The ETag of a row: its version (RFC 9110 §8.8.3). An answer with rows beside it has a tag that
 * moves with them too.
 */
export function etagOf({ version }: { readonly version: number }, beside?: Expanded): string {
  if (beside === undefined || beside.size === 0) return `"${version}"`
  const versions = [...beside].map(([column, rows]) => [
    column,
    [...rows.values()].map((row) => [row.id, row.version]),
  ])
  return `"${version}.${hash('sha256', JSON.stringify(versions), 'base64url').slice(0, 16)}"`
}

/**
 * What `If-Match` and `If-None-Match` demand of a row that shall change (RFC 9110 §13.1.1, §13.1.2);
 * undefined when they demand nothing, or any version (`If-Match: *`).
 * @throws entity.stale when no version can meet them: weak tags never match a change
 * @throws entity.condition_malformed for what holds no entity tags
 */
export function demandedVersion(
  ifMatch: string | undefined,
  ifNoneMatch?: string | undefined,
): VersionDemand | undefined {
  if (ifMatch === undefined && ifNoneMatch === undefined) return undefined
  const wanted = ifMatch === undefined ? '*' : tagsIn(ifMatch)
  const unwanted = ifNoneMatch === undefined ? [] : tagsIn(ifNoneMatch)
  if (unwanted === '*') throw entityProblems.stale('If-None-Match: * wants no row to be there')
  const except = versionsOf(unwanted)
  if (wanted === '*') return except.length === 0 ? undefined : { except }
  const among = versionsOf(wanted.filter(({ weak }) => !weak)).filter(
    (one) => !except.includes(one),
  )
  const [first, ...others] = among
  if (first === undefined) throw entityProblems.stale('If-Match holds no tag of ours')
  return others.length === 0 ? first : { among }
}

/** Whether a version meets the demand. */
export function meetsDemand(version: number, demand: VersionDemand | undefined): boolean {
  if (demand === undefined) return true
  if (typeof demand === 'number') return version === demand
  const { among, except = [] } = demand
  return (among === undefined || among.includes(version)) && !except.includes(version)
}

function tagsIn(header: string): '*' | readonly EntityTag[] {
  const tags = entityTags(header)
  if (tags === undefined) throw entityProblems.condition()
  return tags
}

function versionsOf(tags: readonly EntityTag[]): readonly number[] {
  return tags
    .map(({ opaque }) => Number(ETAG.exec(opaque)?.[1]))
    .filter((version) => version <= LARGEST_VERSION)
}
