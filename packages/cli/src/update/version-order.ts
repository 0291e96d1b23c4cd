interface Version {
  readonly numbers: readonly [number, number, number]
  /** What follows a hyphen; a version with it comes before the same one without. */
  readonly early: string
}

/**
 * The order of two versions or ranges (`^5.1.0`): negative when the first is older.
 * Undefined when one of them is not a plain version: a URL, a tag, a compound range.
 */
export function versionOrder(first: string, second: string): number | undefined {
  const [a, b] = [parsed(first), parsed(second)]
  if (a === undefined || b === undefined) return undefined
  const at = a.numbers.findIndex((number, place) => number !== b.numbers[place])
  if (at >= 0) return (a.numbers[at] ?? 0) - (b.numbers[at] ?? 0)
  if (a.early === b.early) return 0
  if (a.early === '' || b.early === '') return a.early === '' ? 1 : -1
  return a.early.localeCompare(b.early, 'en', { numeric: true })
}

/** Whether the first is the newer one; undefined as in `versionOrder`. */
export function isNewer(first: string, second: string): boolean | undefined {
  const order = versionOrder(first, second)
  return order === undefined ? undefined : order > 0
}

function parsed(text: string): Version | undefined {
  const found = /^[\^~=v]?(?:>=)?\s*(\d+)(?:\.(\d+|x))?(?:\.(\d+|x))?(?:-([\w.-]+))?$/.exec(
    text.trim(),
  )
  if (found === null) return undefined
  const [major, minor, patch] = found
    .slice(1, 4)
    .map((part) => Number.parseInt(part ?? '0', 10) || 0)
  return { numbers: [major ?? 0, minor ?? 0, patch ?? 0], early: found[4] ?? '' }
}
