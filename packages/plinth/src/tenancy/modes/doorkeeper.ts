import type { Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Who stands before which tenant. */
export interface AtTheDoor {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'>
}

/** The service's own word in who gets where; what is left out lets everybody through. */
export interface Doorkeeper {
  /** Asked before somebody joins a tenant by signing in; throws to refuse. */
  readonly requireJoin?: (db: Queryable, one: AtTheDoor) => Promise<void>
  /** Whether somebody may work in a tenant of theirs that their credential did not name before. */
  readonly mayEnter?: (one: AtTheDoor) => Promise<boolean>
}
