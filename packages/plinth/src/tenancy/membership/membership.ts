import type { Id } from '../../kernel/index.ts'

/** What a person is in a tenant. */
export interface Membership {
  readonly role: string
  readonly permissions: readonly string[]
  /** What they hold through the roles of the tenant (migration 0046). */
  readonly role_permissions?: readonly string[]
}

/** A membership in a tenant that is open for work. */
export interface Standing extends Membership {
  readonly tenant: Id<'tenant'>
  /** All that they may do there, whatever it comes from (`memberships.grants`). */
  readonly grants: readonly string[]
  readonly slug: string
  readonly name: string
}

const EVERYTHING = new Set(['owner', 'admin'])

/** The grants of a membership: what it lists, what roles give, all for owners and administrators. */
export function grantsOf(membership: Membership): readonly string[] {
  const { role, permissions, role_permissions: fromRoles = [] } = membership
  return [...(EVERYTHING.has(role) ? ['*'] : []), ...permissions, ...fromRoles]
}
