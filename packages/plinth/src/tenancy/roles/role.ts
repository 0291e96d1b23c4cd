import type { Actor } from '../../access/index.ts'
import { covers } from '../../access/index.ts'
import type { Id } from '../../kernel/index.ts'

/** A role of a tenant with what it gives. */
export interface RoleRow {
  readonly id: Id<'role'>
  readonly name: string
  readonly description: string
  /** Seeded, and the same in every tenant: nobody changes it. */
  readonly built_in: boolean
  /** Whether it gives anything at the moment. */
  readonly is_active: boolean
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  /** Grants, in order. */
  readonly permissions: readonly string[]
}

/** Who changes roles. */
export interface RoleManager {
  readonly person: Id<'person'>
  readonly actor: Actor
  /** What the credential of the request holds here: a key may hold less than its person. */
  readonly grants: readonly string[]
}

/** Why a role was not changed. */
export type RoleRefusal =
  | { readonly code: 'unknown' }
  | { readonly code: 'built_in' }
  | { readonly code: 'beyond' }

/** Whether some grants hold all that others give: nobody hands out more than they have. */
export function coversAll(held: readonly string[], given: readonly string[]): boolean {
  return given.every((grant) => held.some((one) => covers(one, grant)))
}
