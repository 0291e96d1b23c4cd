import type { CanAccess } from './access.ts'
import { decide } from './decide.ts'
import type { Placement, Principal } from './principal.ts'

/** Who asks, and where they stand: the context of a handler is one. */
export interface Asker {
  readonly principal: Principal | undefined
  readonly placement: Placement | undefined
}

/** A declared permission, or the key of one that a tenant added: `crm:export`. */
export type Wanted = CanAccess | string

/**
 * Whether somebody holds a permission where they stand: `can(context, may.restock)`. The access rule of
 * a route asks the same before the handler runs; here a handler asks for more.
 */
export function can({ principal, placement }: Asker, wanted: Wanted): boolean {
  const access: CanAccess =
    typeof wanted === 'string' ? { kind: 'can', permission: wanted, grants: '' } : wanted
  // A route for changes has refused a credential that only reads before any handler could ask.
  return decide({ access, principal, placement, changes: false }).allowed
}

/** Whether somebody holds at least one of some permissions; of none, never. */
export function canAny(asker: Asker, wanted: readonly Wanted[]): boolean {
  return wanted.some((one) => can(asker, one))
}

/** Whether something is somebody's own; what belongs to nobody is nobody's. */
export function own({ principal }: Pick<Asker, 'principal'>, owner: string | null): boolean {
  return principal !== undefined && owner !== null && principal.person === owner
}

/** Whether something is somebody's own, or they hold a permission over those of others. */
export function ownOrCan(asker: Asker, owner: string | null, wanted: Wanted): boolean {
  return own(asker, owner) || can(asker, wanted)
}
