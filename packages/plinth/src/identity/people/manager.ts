import type { Actor } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Who looks after people. */
export interface Manager {
  readonly person: Id<'person'>
  readonly actor: Actor
  /** What the credential of the request holds here: a key may hold less than its person. */
  readonly grants: readonly string[]
}
