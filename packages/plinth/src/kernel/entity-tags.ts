/** One entity tag of a condition (RFC 9110 §8.8.3). */
export interface EntityTag {
  readonly weak: boolean
  /** With its double quotes. */
  readonly opaque: string
}

// Read from place to place and never backwards: a header is the caller's, and may be long.
const BETWEEN = /[ \t,]*/y
const TAG = /(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?=,|$)/y

/**
 * Reads `If-Match` or `If-None-Match` (RFC 9110 §13.1): a star, or one tag or several with commas
 * between them, over as many header lines as there are.
 * @returns undefined for what is neither
 */
export function entityTags(header: string): '*' | readonly EntityTag[] | undefined {
  const text = header.trim()
  if (text === '*') return '*'
  const tags: EntityTag[] = []
  for (let at = skip(text, 0); at < text.length; at = skip(text, TAG.lastIndex)) {
    TAG.lastIndex = at
    const [, weak, opaque] = TAG.exec(text) ?? []
    if (opaque === undefined) return undefined
    tags.push({ weak: weak !== undefined, opaque })
  }
  return tags.length === 0 ? undefined : tags
}

/** Whether a change may go on: weak tags never match here (RFC 9110 §8.8.3.2). */
export function matchesStrongly(tags: '*' | readonly EntityTag[], etag: string): boolean {
  return tags === '*' || tags.some(({ weak, opaque }) => !weak && opaque === etag)
}

/** Whether the caller has it already; what a tag is worth does not matter here. */
export function matchesWeakly(tags: '*' | readonly EntityTag[], etag: string): boolean {
  const own = etag.replace(/^W\//, '')
  return tags === '*' || tags.some(({ opaque }) => opaque === own)
}

function skip(text: string, from: number): number {
  BETWEEN.lastIndex = from
  BETWEEN.test(text)
  return BETWEEN.lastIndex
}
