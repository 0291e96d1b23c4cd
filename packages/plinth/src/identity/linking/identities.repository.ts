import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { IdentityKey } from '../people/people.repository.ts'

/** An account that a person can sign in with, as they see it. */
export interface ShownIdentity {
  readonly id: Id<'identity'>
  readonly provider: string
  readonly email: string | null
  readonly created_at: string
  readonly last_sign_in_at: string | null
}

const COLUMNS = 'id, provider, email, created_at, last_sign_in_at'

/** The accounts of a person, oldest first. */
export async function identitiesOf(
  db: PlatformDb,
  person: Id<'person'>,
): Promise<readonly ShownIdentity[]> {
  const { rows } = await db.query<ShownIdentity>(
    `select ${COLUMNS} from plinth.identities where person_id = $1 order by created_at, id`,
    [person],
  )
  return rows
}

/** An account that is linked to somebody who has one already. */
export interface NewIdentity extends IdentityKey {
  readonly id: Id<'identity'>
  readonly person: Id<'person'>
  readonly provider: string
  readonly email: string | null
  readonly now: string
}

/** Links an account; undefined when it signs in somebody by now. The unique key decides. */
export async function insertIdentity(
  tx: PlatformTx,
  one: NewIdentity,
): Promise<ShownIdentity | undefined> {
  const { rows } = await tx.query<ShownIdentity>(
    `insert into plinth.identities
       (id, person_id, issuer, subject, provider, email, email_verified, created_at)
     values ($1, $2, $3, $4, $5, $6, $6::text is not null, $7)
     on conflict (issuer, subject) do nothing
     returning ${COLUMNS}`,
    [one.id, one.person, one.issuer, one.subject, one.provider, one.email, one.now],
  )
  return rows[0]
}

/**
 * Holds all accounts of a person until the transaction ends, so that two removals at once cannot
 * both believe that the other account stays, and no sign-in slips in between.
 */
export async function holdIdentities(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<readonly Pick<ShownIdentity, 'id' | 'provider'>[]> {
  const { rows } = await tx.query<Pick<ShownIdentity, 'id' | 'provider'>>(
    'select id, provider from plinth.identities where person_id = $1 order by id for update',
    [person],
  )
  return rows
}

/** Removes an account. Its sessions end before: they would no longer be found by it. */
export async function deleteIdentity(tx: PlatformTx, id: Id<'identity'>): Promise<void> {
  await tx.query('delete from plinth.identities where id = $1', [id])
}

/** Where to write to a person; undefined without a verified address. */
export async function addressOf(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<{ readonly name: string; readonly address: string } | undefined> {
  const { rows } = await tx.query<{ name: string; address: string }>(
    `select name, email as address from plinth.people
      where id = $1 and email_verified and email is not null`,
    [person],
  )
  return rows[0]
}

/** Whether a person already has this address, verified, by any of their accounts. */
export async function hasAddress(
  tx: PlatformTx,
  person: Id<'person'>,
  email: string,
): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from plinth.people
      where id = $1 and email_verified and lower(email) = lower($2)
      union all
     select 1 from plinth.identities
      where person_id = $1 and email_verified and lower(email) = lower($2)
      limit 1`,
    [person, email],
  )
  return rows.length > 0
}
