import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** Holds a person's row until the transaction ends. Their sessions may still refer to it. */
export async function lockPerson(tx: PlatformTx, person: Id<'person'>): Promise<void> {
  await tx.query('select id from plinth.people where id = $1 for no key update', [person])
}

/** Which sessions are too many. */
export interface Beyond {
  readonly person: Id<'person'>
  /** So many stay: the newest. */
  readonly keep: number
  readonly now: string
}

/**
 * The families of a person's live sessions beyond the newest ones, oldest first. The id of a family
 * is that of its first session, and ids grow with time.
 */
export async function familiesBeyond(
  tx: PlatformTx,
  { person, keep, now }: Beyond,
): Promise<readonly string[]> {
  const { rows } = await tx.query<{ family_id: string }>(
    `select family_id
       from plinth.sessions
      where person_id = $1 and revoked_at is null and rotated_at is null
        and expires_at > $2 and absolute_expires_at > $2
      order by family_id desc
     offset $3`,
    [person, now, keep],
  )
  return rows.map((row) => row.family_id).toReversed()
}
