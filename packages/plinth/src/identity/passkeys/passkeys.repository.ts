import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { NewKey } from './verify-registration.ts'

/** A passkey as its person sees it. */
export interface ShownPasskey {
  readonly id: Id<'passkey'>
  readonly name: string
  /** Whether it may be on several of their devices. */
  readonly synced: boolean
  readonly created_at: string
  readonly last_used_at: string | null
}

/** What verifying an answer takes. */
export interface KnownPasskey {
  readonly id: Id<'passkey'>
  readonly person: Id<'person'>
  readonly credentialId: string
  readonly publicKey: Uint8Array<ArrayBuffer>
}

/** What a browser is told of a passkey, so that it finds it. */
export interface NamedCredential {
  readonly id: string
  readonly transports: string[]
}

const SHOWN = 'id, name, synced, created_at, last_used_at'

/** The passkeys of a person, the newest last. */
export async function passkeysOf(
  db: Queryable,
  person: Id<'person'>,
): Promise<readonly ShownPasskey[]> {
  const { rows } = await db.query<ShownPasskey>(
    `select ${SHOWN} from plinth.passkeys where person_id = $1 order by created_at, id`,
    [person],
  )
  return rows
}

/** How many passkeys a person has. */
export async function countPasskeys(db: Queryable, person: Id<'person'>): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    'select count(*)::int as n from plinth.passkeys where person_id = $1',
    [person],
  )
  return rows[0]?.n ?? 0
}

/** What tells a browser which passkeys of a person would do. */
export async function credentialsOf(
  db: Queryable,
  person: Id<'person'>,
): Promise<readonly NamedCredential[]> {
  const { rows } = await db.query<NamedCredential>(
    'select credential_id as id, transports from plinth.passkeys where person_id = $1 order by id',
    [person],
  )
  return rows
}

/** Finds a passkey by the id that a device gave it. */
export async function findCredential(
  db: Queryable,
  credentialId: string,
): Promise<KnownPasskey | undefined> {
  const { rows } = await db.query<Omit<KnownPasskey, 'publicKey'> & { publicKey: Buffer }>(
    `select id, person_id as person, credential_id as "credentialId", public_key as "publicKey"
       from plinth.passkeys where credential_id = $1`,
    [credentialId],
  )
  const [row] = rows
  return row && { ...row, publicKey: new Uint8Array(row.publicKey) }
}

/** A passkey that is added. */
export interface NewPasskey extends NewKey {
  readonly id: Id<'passkey'>
  readonly person: Id<'person'>
  readonly name: string
  readonly now: string
}

/** Adds a passkey; undefined when its credential is somebody's already. The unique key decides. */
export async function insertPasskey(
  tx: PlatformTx,
  key: NewPasskey,
): Promise<ShownPasskey | undefined> {
  const { rows } = await tx.query<ShownPasskey>(
    `insert into plinth.passkeys
       (id, person_id, credential_id, public_key, sign_counter, transports, name, synced, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     on conflict (credential_id) do nothing
     returning ${SHOWN}`,
    [
      key.id,
      key.person,
      key.credentialId,
      Buffer.from(key.publicKey),
      key.counter,
      key.transports,
      key.name,
      key.synced,
      key.now,
    ],
  )
  return rows[0]
}

/**
 * Notes the use of a passkey, if its counter rose: one statement, so that of two answers with one
 * counter only the first is taken. A passkey that never counts stays at zero (WebAuthn 6.1.1).
 */
export async function noteCounter(
  tx: PlatformTx,
  { id, counter, now }: { readonly id: string; readonly counter: number; readonly now: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.passkeys set sign_counter = $2, last_used_at = $3
      where id = $1 and (sign_counter < $2 or (sign_counter = 0 and $2 = 0))`,
    [id, counter, now],
  )
  return rowCount > 0
}

/** A passkey of a person; anybody else's is none. */
export interface OwnPasskey {
  readonly id: string
  readonly person: Id<'person'>
}

/** Gives a passkey another name; undefined when it is not theirs. */
export async function renameOwn(
  tx: PlatformTx,
  { id, person }: OwnPasskey,
  name: string,
): Promise<ShownPasskey | undefined> {
  const { rows } = await tx.query<ShownPasskey>(
    `update plinth.passkeys set name = $3 where id = $1 and person_id = $2 returning ${SHOWN}`,
    [id, person, name],
  )
  return rows[0]
}

/** Removes a passkey; undefined when it is not theirs. */
export async function deleteOwn(
  tx: PlatformTx,
  { id, person }: OwnPasskey,
): Promise<ShownPasskey | undefined> {
  const { rows } = await tx.query<ShownPasskey>(
    `delete from plinth.passkeys where id = $1 and person_id = $2 returning ${SHOWN}`,
    [id, person],
  )
  return rows[0]
}

/** What its person calls a passkey. */
export async function nameOfPasskey(db: Queryable, id: string): Promise<string> {
  const { rows } = await db.query<{ name: string }>(
    'select name from plinth.passkeys where id = $1',
    [id],
  )
  return rows[0]?.name ?? ''
}

/** Whether somebody can sign in by any passkey, password, or account at a provider that is in use. */
export async function hasOtherWayIn(
  tx: PlatformTx,
  person: Id<'person'>,
  providers: readonly string[],
): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from plinth.passkeys where person_id = $1
      union all
     select 1 from plinth.credentials where person_id = $1
      union all
     select 1 from plinth.identities where person_id = $1 and provider = any ($2)
      limit 1`,
    [person, providers],
  )
  return rows.length > 0
}

/** Whom a passkey lets in. */
export interface PasskeyOwnerRow {
  readonly person: Id<'person'>
  readonly status: string
  readonly name: string
  /** Only an address that was verified. */
  readonly email: string | null
}

/** The person of a passkey, held: whoever is deactivated at this moment does not slip in. */
export async function findOwner(
  tx: PlatformTx,
  person: Id<'person'>,
): Promise<PasskeyOwnerRow | undefined> {
  const { rows } = await tx.query<PasskeyOwnerRow>(
    `select id as person, status, name, case when email_verified then email end as email
       from plinth.people where id = $1 and kind = 'human' for key share`,
    [person],
  )
  return rows[0]
}
