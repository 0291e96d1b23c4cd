import type { PlatformTx, Tx } from '../../data/index.ts'
import { NIL_ID } from '../../kernel/index.ts'
import { personLinks, personLinksInTenants, personTables } from './person-tables.ts'

/** Removes the rows of the platform about a person; those of tenants go with the memberships. */
export async function eraseRows(tx: PlatformTx, person: string): Promise<number> {
  const gone = personTables.filter(({ inTenants, erased }) => !inTenants && erased === 'rows')
  const deleted = await tx.batch(
    gone.map(({ table, where }) => ({
      text: `delete from ${table} where ${where}`,
      values: [person],
    })),
  )
  await tx.batch(emptied(personLinks, person))
  return deleted.reduce((sum, { rowCount }) => sum + rowCount, 0)
}

function emptied(links: typeof personLinks, person: string) {
  return links.map(({ table, column }) => ({
    text: `update ${table} set ${column} = null where ${column} = $1`,
    values: [person],
  }))
}

/**
 * Every address and number at which a person was written to, but those that somebody else has too: what
 * a person claims, unproven, takes no message away from whoever it is.
 */
export async function recipientsOf(tx: PlatformTx, person: string): Promise<readonly string[]> {
  const { rows } = await tx.query<{ recipient: string }>(
    `with claimed as (
       select lower(email) as recipient from plinth.people where id = $1 and email is not null
        union select lower(email) from plinth.identities where person_id = $1 and email is not null
        union select lower(name) from plinth.sign_in_names where person_id = $1 and kind = 'email'
        union select lower(address) from plinth.mfa_methods
               where person_id = $1 and address is not null
        union select lower(data ->> 'email') from plinth.one_time_tokens
               where person_id = $1 and data ->> 'email' is not null)
     select recipient from claimed
      where recipient not in (
        select lower(email) from plinth.people where id <> $1 and email is not null
         union all select lower(name) from plinth.sign_in_names
                    where person_id <> $1 and kind = 'email'
         union all select lower(address) from plinth.mfa_methods
                    where person_id <> $1 and address is not null)`,
    [person],
  )
  return rows.map(({ recipient }) => recipient)
}

/** Leaves of a person an id and when they were erased. */
export async function makeTombstone(tx: PlatformTx, person: string, now: string): Promise<void> {
  await tx.query(
    `update plinth.people
        set status = 'erased', erased_at = $2, updated_at = $2, version = version + 1,
            name = 'Erased', email = null, email_verified = false, given_name = null,
            family_name = null, avatar_url = null, bio = null, phone = null, date_of_birth = null,
            gender = null, preferred_contact_method = null, locale = null, timezone = null,
            address_line1 = null, address_line2 = null, city = null, region = null,
            postal_code = null, country_code = null, marketing_opt_in = false, notes = null,
            metadata = '{}'
      where id = $1`,
    [person, now],
  )
}

/** Takes the addresses out of the platform's audit log that this person came from. */
export async function forgetAddresses(tx: PlatformTx, person: string): Promise<number> {
  const { rowCount } = await tx.query(
    `update plinth.audit_events set client_address = null
      where tenant_id = $2 and actor_id = $1 and client_address is not null`,
    [person, NIL_ID],
  )
  return rowCount
}

/** The same in a tenant; and the address to which an invitation of theirs was sent. */
export async function forgetInTenant(tx: Tx, person: string): Promise<number> {
  const [audit, invited] = await tx.batch([
    {
      text: `update plinth.audit_events set client_address = null
              where tenant_id = $2 and actor_id = $1 and client_address is not null`,
      values: [person, tx.tenant],
    },
    {
      text: `update plinth.invitations set email = 'erased', person_id = null
              where tenant_id = $2 and person_id = $1`,
      values: [person, tx.tenant],
    },
  ])
  await tx.batch(emptied(personLinksInTenants, person))
  return (audit?.rowCount ?? 0) + (invited?.rowCount ?? 0)
}
