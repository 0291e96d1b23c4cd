import type { PlatformDb, PlatformTx, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { isId } from '../../kernel/index.ts'

/** The person who came from a row of another system before. */
export async function findImported(
  tx: PlatformTx,
  { source, externalId }: { readonly source: string; readonly externalId: string },
): Promise<Id<'person'> | undefined> {
  const { rows } = await tx.query<{ person: Id<'person'> }>(
    'select person_id as person from plinth.imported_people where source = $1 and external_id = $2',
    [source, externalId],
  )
  return rows[0]?.person
}

/** A person who is written with where they came from. */
export interface NewImported {
  readonly source: string
  readonly externalId: string
  readonly person: Id<'person'>
  readonly name: string
  readonly firstName: string
  readonly lastName: string
  readonly email: string | null
  readonly emailVerified: boolean
  readonly status: 'active' | 'disabled'
  readonly now: string
}

/** Writes a person and where they came from. */
export async function insertImported(tx: PlatformTx, one: NewImported): Promise<void> {
  await tx.batch([
    {
      text: `insert into plinth.people
               (id, name, given_name, family_name, email, email_verified, status, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8)`,
      values: [
        one.person,
        one.name,
        one.firstName,
        one.lastName,
        one.email,
        one.emailVerified,
        one.status,
        one.now,
      ],
    },
    {
      text: `insert into plinth.imported_people (source, external_id, person_id, imported_at)
             values ($1, $2, $3, $4)`,
      values: [one.source, one.externalId, one.person, one.now],
    },
  ])
}

/** An account at a provider. */
export interface NewAccount {
  readonly id: Id<'identity'>
  readonly person: Id<'person'>
  readonly issuer: string
  readonly subject: string
  readonly provider: string
}

/** Gives a person an account, unless it is theirs already; `taken` when it is somebody else's. */
export async function addAccount(
  tx: PlatformTx,
  { id, person, issuer, subject, provider }: NewAccount,
): Promise<'added' | 'there' | 'taken'> {
  const { rowCount } = await tx.query(
    `insert into plinth.identities (id, person_id, issuer, subject, provider)
     values ($1, $2, $3, $4, $5) on conflict (issuer, subject) do nothing`,
    [id, person, issuer, subject, provider],
  )
  if (rowCount > 0) return 'added'
  const { rows } = await tx.query<{ person: string }>(
    'select person_id as person from plinth.identities where issuer = $1 and subject = $2',
    [issuer, subject],
  )
  return rows[0]?.person === person ? 'there' : 'taken'
}

/** Whether a person has a password. */
export async function hasCredential(tx: PlatformTx, person: string): Promise<boolean> {
  const { rowCount } = await tx.query('select 1 from plinth.credentials where person_id = $1', [
    person,
  ])
  return rowCount > 0
}

/** A tenant by its short name or id. */
export async function findTenant(db: PlatformDb, name: string): Promise<Id<'tenant'> | undefined> {
  const { rows } = await db.query<{ id: Id<'tenant'> }>(
    `select id from plinth.tenants where status = 'active' and ${isId(name) ? 'id' : 'slug'} = $1`,
    [name],
  )
  return rows[0]?.id
}

/** Makes a person a member, unless they are one; true when they were none. */
export async function joinTenant(tx: Tx, person: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'member')
     on conflict (tenant_id, person_id) do nothing`,
    [tx.tenant, person],
  )
  return rowCount > 0
}
