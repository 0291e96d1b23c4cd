import { hash } from 'node:crypto'
import { entityProblems } from '../../data/index.ts'
import { entityTags, matchesStrongly } from '../../kernel/index.ts'
import { peopleProblems } from './people.errors.ts'

/** The ETag of what is shown: two that look alike have the same (RFC 9110 8.8.3). */
export function tagOf(shown: object): string {
  return `"${hash('sha256', JSON.stringify(shown), 'base64url').slice(0, 22)}"`
}

/**
 * Holds a change to what its caller had read (RFC 9110 13.1.1).
 * @param ifMatch undefined and `*` demand nothing
 * @throws AppError people.stale, entity.condition_malformed
 */
export function requireTag(ifMatch: string | undefined, shown: object): void {
  if (ifMatch === undefined) return
  const wanted = entityTags(ifMatch)
  if (wanted === undefined) throw entityProblems.condition()
  if (!matchesStrongly(wanted, tagOf(shown))) throw peopleProblems.stale()
}
