import type { Access, CanAccess } from './access.ts'
import { holds } from './permissions.ts'
import type { Placement, Principal } from './principal.ts'

/** The answer to: may this principal do this here? */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: 'not_signed_in' | 'not_permitted' }

/** What decides: the rule of the route, the principal, and where they stand. */
export interface Question {
  readonly access: Access
  readonly principal: Principal | undefined
  readonly placement: Placement | undefined
}

const ALLOWED: Decision = Object.freeze({ allowed: true })
const NOT_SIGNED_IN: Decision = Object.freeze({ allowed: false, code: 'not_signed_in' })
const NOT_PERMITTED: Decision = Object.freeze({ allowed: false, code: 'not_permitted' })

/** The one decision of the house. Pure: no clock, no database, no request. */
export function decide({ access, principal, placement }: Question): Decision {
  if (access.kind === 'open') return ALLOWED
  // Also null and the like from a service's own identity: nobody must never count as somebody.
  if (!principal) return NOT_SIGNED_IN
  if (access.kind === 'signed-in') return ALLOWED
  const grants = grantsFor(access, principal, placement)
  return holds(grants, access.permission) ? ALLOWED : NOT_PERMITTED
}

/** What an owner of a tenant may do there says nothing about the platform, and the other way round. */
function grantsFor(
  { permission }: CanAccess,
  principal: Principal,
  placement: Placement | undefined,
): readonly string[] {
  if (permission.startsWith('platform:')) return principal.platform ?? []
  return placement?.permissions ?? []
}
