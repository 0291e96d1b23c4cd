import type { Actor } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Who looks after people. */
export interface Manager {
  readonly person: Id<'person'>
  readonly actor: Actor
}
