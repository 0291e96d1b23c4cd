import type { Queryable } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import type { OneTimePurpose } from '../one-time/one-time-tokens.ts'
import { isoTime } from '../sessions/iso-time.ts'

/**
 * Where mail about signing in goes: the address that a person signs in with, which is theirs as much
 * as the account is, else the one that they confirmed.
 */
export async function emailToWriteTo(
  db: Queryable,
  person: Id<'person'>,
): Promise<string | undefined> {
  const { rows } = await db.query<{ address: string }>(
    `select coalesce(n.name, p.email) as address
       from plinth.people p
       left join plinth.sign_in_names n on n.person_id = p.id and n.kind = 'email'
      where p.id = $1 and (n.name is not null or (p.email is not null and p.email_verified))`,
    [person],
  )
  return rows[0]?.address
}

/** How many tokens of a purpose were made for a person, used or not, whose time is not over. */
export async function sentLately(
  db: Queryable,
  clock: Clock,
  { purpose, person }: { readonly purpose: OneTimePurpose; readonly person: Id<'person'> },
): Promise<number> {
  const { rows } = await db.query<{ sent: number }>(
    `select count(*)::int as sent from plinth.one_time_tokens
      where person_id = $1 and purpose = $2 and expires_at > $3`,
    [person, purpose, isoTime(clock.now())],
  )
  return rows[0]?.sent ?? 0
}

const HOUR_MS = 3_600_000

/** How many links to confirm an address that nobody has yet were sent within the last hour. */
export async function registrationsOf(db: Queryable, clock: Clock, key: string): Promise<number> {
  const { rows } = await db.query<{ sent: number }>(
    `select count(*)::int as sent from plinth.one_time_tokens
      where person_id is null and purpose = 'registration' and data ->> 'key' = $1
        and created_at > $2`,
    [key, isoTime(clock.now() - HOUR_MS)],
  )
  return rows[0]?.sent ?? 0
}

/** Who has an address already: by the name they sign in with, or confirmed. */
export async function ownerOfAddress(
  db: Queryable,
  key: string,
): Promise<{ readonly person: Id<'person'>; readonly name: string } | undefined> {
  const { rows } = await db.query<{ person: Id<'person'>; name: string }>(
    `select p.id as person, p.name from plinth.people p
      where p.status <> 'erased'
        and (exists (select from plinth.sign_in_names n where n.person_id = p.id and n.name_key = $1)
             or (p.email_verified and lower(p.email) = $1))
      order by p.created_at limit 1`,
    [key],
  )
  return rows[0]
}

/** Notes that the address is theirs which they sign in with: they opened what was sent there. */
export async function confirmAddress(
  tx: Queryable,
  person: Id<'person'>,
  now: string,
): Promise<void> {
  await tx.query(
    `update plinth.people p
        set email = n.name, email_verified = true, version = p.version + 1, updated_at = $2
       from plinth.sign_in_names n
      where p.id = $1 and n.person_id = p.id and n.kind = 'email'
        and (p.email is null or not p.email_verified)`,
    [person, now],
  )
}

/** Makes an address, confirmed, the one of a person. */
export async function putAddress(
  tx: Queryable,
  {
    person,
    email,
    now,
  }: { readonly person: Id<'person'>; readonly email: string; readonly now: string },
): Promise<void> {
  await tx.query(
    `update plinth.people
        set email = $2, email_verified = true, version = version + 1, updated_at = $3
      where id = $1`,
    [person, email, now],
  )
}
