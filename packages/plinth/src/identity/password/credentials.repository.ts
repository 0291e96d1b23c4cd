import type { PlatformDb, PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { SignInName } from './sign-in-name.ts'

/** A person, found by a name that they sign in with, or by who they are. */
export interface Account {
  readonly person: Id<'person'>
  readonly status: string
  readonly name: string
  readonly email: string | null
  readonly email_verified: boolean
  /** Null for somebody who signs in with a provider only. */
  readonly hash: string | null
  readonly version: number | null
  readonly must_change: boolean | null
}

const COLUMNS = `p.id as person, p.status, p.name, p.email, p.email_verified,
                 c.hash, c.version, c.must_change`

/** Finds who signs in with a name. */
export async function accountNamed(db: Queryable, key: string): Promise<Account | undefined> {
  const { rows } = await db.query<Account>(
    `select ${COLUMNS}
       from plinth.sign_in_names n
       join plinth.people p on p.id = n.person_id
       left join plinth.credentials c on c.person_id = p.id
      where n.name_key = $1 and p.kind = 'human'`,
    [key],
  )
  return rows[0]
}

/** The account of a person, whether they have a password or not. */
export async function accountOf(db: Queryable, person: Id<'person'>): Promise<Account | undefined> {
  const { rows } = await db.query<Account>(
    `select ${COLUMNS} from plinth.people p
       left join plinth.credentials c on c.person_id = p.id
      where p.id = $1 and p.kind = 'human'`,
    [person],
  )
  return rows[0]
}

/** Holds the password of a person until the transaction ends; undefined when there is none. */
export async function holdCredential(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<{ readonly hash: string; readonly version: number } | undefined> {
  const { rows } = await tx.query<{ hash: string; version: number }>(
    'select hash, version from plinth.credentials where person_id = $1 for update',
    [person],
  )
  return rows[0]
}

/** A password that is about to be kept. */
export interface NewCredential {
  readonly person: Id<'person'>
  readonly hash: string
  /** ISO 8601. */
  readonly now: string
  /** Whether it must be changed before it signs anybody in. */
  readonly mustChange?: boolean
}

/** Gives a person a password, in place of the one they had. */
export async function putCredential(
  tx: PlatformTx,
  { person, hash, now, mustChange = false }: NewCredential,
): Promise<void> {
  await tx.query(
    `insert into plinth.credentials (person_id, hash, must_change, changed_at, created_at)
     values ($1, $2, $3, $4, $4)
     on conflict (person_id) do update
       set hash = excluded.hash, must_change = excluded.must_change,
           changed_at = excluded.changed_at, version = plinth.credentials.version + 1`,
    [person, hash, mustChange, now],
  )
}

/** Puts a new hash of the same password in place of the old one, unless it changed meanwhile. */
export async function upgradeHash(
  db: PlatformDb,
  person: Id<'person'>,
  hash: { readonly from: string; readonly to: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    'update plinth.credentials set hash = $3 where person_id = $1 and hash = $2',
    [person, hash.from, hash.to],
  )
  return rowCount === 1
}

/**
 * Gives a person a name to sign in with, in place of the one of that kind they had.
 * @returns false when somebody else signs in with it; the unique key decides
 */
export async function putName(
  tx: PlatformTx,
  person: Id<'person'>,
  { kind, name, key }: SignInName,
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `with freed as (
       delete from plinth.sign_in_names
        where person_id = $1 and kind = $2 and name_key <> $3
          and not exists (select from plinth.sign_in_names where name_key = $3 and person_id <> $1)
     )
     select from plinth.sign_in_names where name_key = $3 and person_id <> $1`,
    [person, kind, key],
  )
  if (rowCount > 0) return false
  const written = await tx.query(
    `insert into plinth.sign_in_names (name_key, person_id, kind, name) values ($3, $1, $2, $4)
     on conflict (name_key) do update set name = excluded.name
      where plinth.sign_in_names.person_id = excluded.person_id`,
    [person, kind, key, name],
  )
  return written.rowCount === 1
}

/** Whether a person can sign in with a password: they have one, and a name to go with it. */
export async function hasPassword(db: Queryable, person: Id<'person'>): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from plinth.credentials c
      where c.person_id = $1
        and exists (select from plinth.sign_in_names n where n.person_id = c.person_id)`,
    [person],
  )
  return rowCount > 0
}
