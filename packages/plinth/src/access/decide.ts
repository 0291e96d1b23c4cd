import type { Access, CanAccess } from './access.ts'
import { holds } from './permissions.ts'
import type { Placement, Principal } from './principal.ts'

/** The answer to: may this principal do this here? */
export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: Denial }

/** Why not. */
export type Denial = 'not_signed_in' | 'not_in_person' | 'read_only' | 'not_permitted'

/** What decides: the rule of the route, the principal, and where they stand. */
export interface Question {
  readonly access: Access
  readonly principal: Principal | undefined
  readonly placement: Placement | undefined
  /** Whether the request may change anything: every method but GET, HEAD and OPTIONS. */
  readonly changes: boolean
}

const ALLOWED: Decision = Object.freeze({ allowed: true })
const NOT_SIGNED_IN: Decision = Object.freeze({ allowed: false, code: 'not_signed_in' })
const NOT_IN_PERSON: Decision = Object.freeze({ allowed: false, code: 'not_in_person' })
const READ_ONLY: Decision = Object.freeze({ allowed: false, code: 'read_only' })
const NOT_PERMITTED: Decision = Object.freeze({ allowed: false, code: 'not_permitted' })

/** The one decision of the house. Pure: no clock, no database, no request. */
export function decide({ access, principal, placement, changes }: Question): Decision {
  if (access.kind === 'open') return ALLOWED
  // Also null and the like from a service's own identity: nobody must never count as somebody.
  if (!principal) return NOT_SIGNED_IN
  if (changes && principal.credential.readOnly === true) return READ_ONLY
  if (access.kind === 'signed-in') return ALLOWED
  if (access.kind === 'in-person')
    return principal.credential.session === undefined ? NOT_IN_PERSON : ALLOWED
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
