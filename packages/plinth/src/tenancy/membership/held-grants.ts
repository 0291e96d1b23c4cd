import { narrow } from '../../access/index.ts'
import type { Tx } from '../../data/index.ts'

/** What a member of the tenant holds at this very moment; undefined when they are none. */
export async function heldGrants(tx: Tx, person: string): Promise<readonly string[] | undefined> {
  const { rows } = await tx.query<{ grants: readonly string[] }>(
    'select grants from plinth.memberships where tenant_id = $1 and person_id = $2',
    [tx.tenant, person],
  )
  return rows[0]?.grants
}

/** Whoever gives rights to others, and what their credential lets them do in the tenant. */
export interface Giver {
  readonly person: string
  /** The grants of the request: a key may hold less than its person. */
  readonly grants: readonly string[]
}

/**
 * What somebody may hand on: what they hold now, not when the request began, and of that what their
 * credential holds.
 * @param everybodys what every member holds (`tenancy.member_permissions`)
 */
export async function reachOf(
  tx: Tx,
  { person, grants }: Giver,
  everybodys: readonly string[],
): Promise<readonly string[]> {
  const held = await heldGrants(tx, person)
  return held === undefined ? [] : narrow([...held, ...everybodys], grants)
}
