import type { PlatformTx, Queryable, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** What somebody is in a tenant that asked them in. */
export interface StandingHere {
  readonly status: string
  readonly invited: boolean
}

/** What a person is in the tenant already; undefined for nothing. */
export async function standingHere(tx: Tx, person: string): Promise<StandingHere | undefined> {
  const { rows } = await tx.query<StandingHere>(
    `select status, invited_email is not null as invited from plinth.memberships
      where tenant_id = $1 and person_id = $2`,
    [tx.tenant, person],
  )
  return rows[0]
}

/** Who was asked in has come: from now on they hold what they were asked in as. */
export async function arriveHere(tx: Tx, person: string): Promise<void> {
  await tx.query(
    'update plinth.memberships set invited_email = null where tenant_id = $1 and person_id = $2',
    [tx.tenant, person],
  )
}

/** From which person to which. */
export interface Handover {
  readonly from: string
  readonly to: string
}

const COPY = `
  insert into plinth.memberships (tenant_id, person_id, role, permissions, status, notes, metadata)
  select tenant_id, $3, role, permissions, status, notes, metadata
    from plinth.memberships where tenant_id = $1 and person_id = $2`
const COPY_ROLES = `
  insert into plinth.member_roles (tenant_id, person_id, role_id)
  select tenant_id, $3, role_id from plinth.member_roles where tenant_id = $1 and person_id = $2`

// Rows of the service that belong to a member. Asked of the catalogue: a table that somebody makes
// tomorrow is among them.
const OWNED = `
  select format('update %s set %I = $3 where %I = $1 and %I = $2',
                c.conrelid::regclass, person.attname, tenant.attname, person.attname) as text
    from pg_catalog.pg_constraint c
    join pg_catalog.pg_attribute tenant on tenant.attrelid = c.conrelid and tenant.attnum = c.conkey[1]
    join pg_catalog.pg_attribute person on person.attrelid = c.conrelid and person.attnum = c.conkey[2]
   where c.contype = 'f' and c.confrelid = 'plinth.memberships'::regclass
     and cardinality(c.conkey) = 2 and has_table_privilege(c.conrelid, 'update')
   order by 1`

/** Gives a person what the tenant had prepared for somebody whom nobody was. */
export async function handOver(tx: Tx, { from, to }: Handover): Promise<void> {
  const values = [tx.tenant, from, to]
  await tx.batch([
    { text: COPY, values },
    { text: COPY_ROLES, values },
  ])
  const { rows } = await tx.query<{ text: string }>(OWNED)
  await tx.batch(rows.map(({ text }) => ({ text, values })))
}

/** Whether somebody else has an address, verified, by any way to sign in. */
export async function isSomebodys(
  tx: Queryable,
  { email, except }: { readonly email: string; readonly except: string },
): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from plinth.people
      where id <> $2 and email_verified and lower(email) = lower($1) and status <> 'erased'
      union all
     select 1 from plinth.identities
      where person_id <> $2 and email_verified and lower(email) = lower($1)
      union all
     select 1 from plinth.sign_in_names where person_id <> $2 and kind = 'email' and name_key = lower($1)
      limit 1`,
    [email, except],
  )
  return rows.length > 0
}

/** Gives a person the address that they have proved to be theirs. */
export async function giveAddress(
  tx: PlatformTx,
  person: Id<'person'>,
  { email, now }: { readonly email: string; readonly now: string },
): Promise<void> {
  await tx.query(
    `update plinth.people
        set email = $2, email_verified = true, version = version + 1, updated_at = $3
      where id = $1`,
    [person, email, now],
  )
}

/** A tenant as whoever joins it sees it. */
export interface JoinedTenant {
  readonly id: Id<'tenant'>
  readonly slug: string
  readonly name: string
}

/** The tenant of an invitation; undefined when it is shut. */
export async function openTenant(tx: Queryable, tenant: string): Promise<JoinedTenant | undefined> {
  const { rows } = await tx.query<JoinedTenant>(
    "select id, slug, name from plinth.tenants where id = $1 and status = 'active'",
    [tenant],
  )
  return rows[0]
}
