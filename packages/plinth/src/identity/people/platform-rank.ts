import { covers } from '../../access/index.ts'
import type { Queryable } from '../../data/index.ts'

/**
 * Whether somebody holds all that a person holds on the platform. Else whoever may only look after
 * people could take over the account of who may do everything there.
 * @param held permissions of the one who asks
 */
export async function isWithin(
  db: Queryable,
  person: string,
  held: readonly string[] = [],
): Promise<boolean> {
  const { rows } = await db.query<{ permissions: readonly string[] }>(
    'select permissions from plinth.platform_roles where person_id = $1',
    [person],
  )
  const theirs = rows[0]?.permissions ?? []
  return theirs.every((one) => held.some((grant) => covers(grant, one)))
}
