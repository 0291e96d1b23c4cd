import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Profile } from './profile.ts'

/** The key of an identity: who vouches, and for whom (D8). Never an e-mail, never a name. */
export interface IdentityKey {
  readonly issuer: string
  readonly subject: string
}

/** An identity and its person. */
export interface KnownIdentity {
  readonly identity: Id<'identity'>
  readonly person: Id<'person'>
  readonly status: string
}

/** Finds an identity by its key, and holds it: whoever removes it waits for the sign-in. */
export async function findIdentity(
  tx: PlatformTx,
  { issuer, subject }: IdentityKey,
): Promise<KnownIdentity | undefined> {
  const { rows } = await tx.query<KnownIdentity>(
    `select i.id as identity, p.id as person, p.status
       from plinth.identities i join plinth.people p on p.id = i.person_id
      where i.issuer = $1 and i.subject = $2
        for key share of i`,
    [issuer, subject],
  )
  return rows[0]
}

/** A person and the identity they first came with. */
export interface NewPerson extends IdentityKey {
  readonly identity: Id<'identity'>
  readonly person: Id<'person'>
  readonly provider: string
  readonly profile: Profile
}

// One statement: the unique key decides who creates, and whoever loses has written nothing. The
// foreign key is checked at its end, when the person is there.
const CREATE = `
  with claimed as (
    insert into plinth.identities (id, person_id, issuer, subject, provider, email, email_verified)
    values ($1, $2, $3, $4, $5, $6, $6::text is not null)
    on conflict (issuer, subject) do nothing
    returning person_id
  )
  insert into plinth.people (id, name, given_name, family_name, email, email_verified)
  select person_id, $7, $8, $9, $6, $6::text is not null from claimed`

/** Creates a person with an identity; false when somebody else did at the same moment (B12). */
export async function createPerson(tx: PlatformTx, person: NewPerson): Promise<boolean> {
  const { profile } = person
  const { rowCount } = await tx.query(CREATE, [
    person.identity,
    person.person,
    person.issuer,
    person.subject,
    person.provider,
    profile.email,
    profile.name,
    profile.givenName,
    profile.familyName,
  ])
  return rowCount > 0
}

/** Takes over what the provider says now; a row that already says so is not written. */
export async function updatePerson(
  tx: PlatformTx,
  { identity, person }: KnownIdentity,
  { profile, now }: { readonly profile: Profile; readonly now: string },
): Promise<void> {
  const { name, givenName, familyName, email } = profile
  await tx.batch([
    {
      // A second account may carry another address: mail to the person still goes to the first. What
      // the person chose here, name or address, stays.
      text: `with said as (
               select p.id,
                      case when p.named_by_self then p.name else $2 end as name,
                      case when p.named_by_self then p.given_name else $3 end as given_name,
                      case when p.named_by_self then p.family_name else $4 end as family_name,
                      case when p.email is null or i.email is null or i.email = p.email
                           then coalesce($5, p.email) else p.email end as email
                 from plinth.people p join plinth.identities i on i.id = $7
                where p.id = $1
                  and (p.email is null or i.email = p.email or not exists (
                         select from plinth.identities o where o.person_id = p.id and o.id <> i.id)))
             update plinth.people p
                set name = said.name, given_name = said.given_name, family_name = said.family_name,
                    email = said.email,
                    email_verified = p.email_verified or coalesce(said.email = $5, false),
                    version = p.version + 1, updated_at = $6
               from said
              where p.id = said.id
                and (p.name, p.given_name, p.family_name, p.email)
                    is distinct from (said.name, said.given_name, said.family_name, said.email)`,
      values: [person, name, givenName, familyName, email, now, identity],
    },
    {
      text: `update plinth.identities
                set last_sign_in_at = $2, email = $3, email_verified = $3::text is not null
              where id = $1`,
      values: [identity, now, email],
    },
  ])
}

/** Remembers a device of a person; false when it was known. */
export async function rememberDevice(
  tx: PlatformTx,
  device: { readonly person: Id<'person'>; readonly hash: Buffer; readonly now: string },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `insert into plinth.known_devices (person_id, device_hash, first_seen_at) values ($1, $2, $3)
     on conflict do nothing`,
    [device.person, device.hash, device.now],
  )
  return rowCount > 0
}

/** The key of an identity: its issuer, and its subject there. */
export async function keyOfIdentity(
  tx: PlatformTx,
  identity: Id<'identity'>,
): Promise<IdentityKey | undefined> {
  const { rows } = await tx.query<IdentityKey>(
    'select issuer, subject from plinth.identities where id = $1',
    [identity],
  )
  return rows[0]
}
