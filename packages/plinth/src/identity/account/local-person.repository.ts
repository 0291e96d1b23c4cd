import type { Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** A person with a confirmed address and no provider. */
export interface LocalPerson {
  readonly person: Id<'person'>
  readonly first_name: string
  readonly last_name: string
  readonly email: string
  /** ISO 8601. */
  readonly now: string
}

/** Writes a person who confirmed their address; returns how to greet them. */
export async function insertPerson(
  tx: Queryable,
  { person, first_name: first, last_name: last, email, now }: LocalPerson,
): Promise<string> {
  const name = `${first} ${last}`.trim()
  await tx.query(
    `insert into plinth.people
       (id, name, given_name, family_name, email, email_verified, created_at, updated_at)
     values ($1, $2, $3, $4, $5, true, $6, $6)`,
    [person, name, first, last, email, now],
  )
  return name
}
