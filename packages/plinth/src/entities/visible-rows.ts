import type { Placement, Principal } from '../access/index.ts'
import { decide, holds } from '../access/index.ts'
import type { AnyEntity, MayRefer, Scope } from '../data/index.ts'
import { httpProblems } from '../http/index.ts'
import { NIL_ID } from '../kernel/index.ts'

/** Who asks, as far as it decides which rows they may see. */
export interface Asker {
  readonly principal: Principal | undefined
  readonly placement: Placement | undefined
}

/**
 * The person whose rows alone the caller may see and change; undefined where the rows are not
 * people's, or the caller holds `<entity>:all`.
 */
export function ownerFor({ can, declaration }: AnyEntity, asker: Asker): string | undefined {
  if (declaration.owned !== 'person') return undefined
  const { principal, placement } = asker
  if (can.all !== undefined && holds(placement?.permissions ?? [], can.all.permission)) {
    return undefined
  }
  // crud() refuses a route over people's rows that asks nobody who they are.
  return personOf(principal)
}

/**
 * What a reference that the caller sets may name: of rows that belong to people, their own, or
 * anybody's with `<entity>:all`. Any other is answered like a row that is not there.
 */
export function mayReferFor({ principal, placement }: Asker): MayRefer {
  return (entity) =>
    holds(placement?.permissions ?? [], `${entity}:all`) ? undefined : (principal?.person ?? NIL_ID)
}

/**
 * The person who calls.
 * @throws access.not_signed_in
 */
export function personOf(principal: Principal | undefined): string {
  if (principal === undefined) throw httpProblems.notSignedIn()
  return principal.person
}

/**
 * Which rows a list shows: deleted ones only to those who may delete.
 * @throws access.not_permitted
 */
export function scopeFor(
  entity: AnyEntity,
  asker: Asker,
  deleted: 'with' | 'only' | undefined,
): Scope {
  if (
    deleted !== undefined &&
    !decide({ access: entity.can.delete, changes: false, ...asker }).allowed
  ) {
    throw httpProblems.notPermitted()
  }
  return { owner: ownerFor(entity, asker), deleted }
}
