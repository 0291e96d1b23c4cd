import { hash } from 'node:crypto'
import { peopleProblems } from './people.errors.ts'

/** The ETag of what is shown: two that look alike have the same (RFC 9110 8.8.3). */
export function tagOf(shown: object): string {
  return `"${hash('sha256', JSON.stringify(shown), 'base64url').slice(0, 22)}"`
}

/**
 * Holds a change to what its caller had read (RFC 9110 13.1.1).
 * @param ifMatch undefined and `*` demand nothing
 * @throws AppError people.stale
 */
export function requireTag(ifMatch: string | undefined, shown: object): void {
  const wanted = ifMatch?.trim()
  if (wanted === undefined || wanted === '*') return
  if (wanted !== tagOf(shown)) throw peopleProblems.stale()
}
