import type { Db, Statement, Tx } from '../../data/index.ts'
import type { Asked, Order } from './directory-query.ts'
import { PERSONAL_COLUMNS, type ProfileRow } from './profile.repository.ts'

/** A person as their tenant knows them: who they are, and what they are there. */
export interface DirectoryRow extends Omit<ProfileRow, 'version'> {
  readonly status: 'active' | 'inactive' | 'archived'
  readonly role: 'owner' | 'admin' | 'member' | 'custom'
  readonly permissions: readonly string[]
  readonly role_permissions: readonly string[]
  readonly notes: string | null
  readonly metadata: Readonly<Record<string, unknown>>
  /** Whether they were asked and have not come yet. */
  readonly invited: boolean
}

// Until an invitation is accepted nobody vouched for the address: it is what somebody typed.
const EMAIL = 'coalesce(m.invited_email, p.email)'
const COLUMNS = `
  ${PERSONAL_COLUMNS}, ${EMAIL} as email, m.invited_email is null and p.email_verified as email_verified,
  m.created_at, m.status, m.role, m.permissions, m.role_permissions, m.notes, m.metadata,
  m.invited_email is not null as invited`
const FROM = `
  from plinth.memberships m
  join plinth.people p on p.id = m.person_id and p.kind = 'human'
 where m.tenant_id = $1`

// What a list is ordered by, as text that compares like itself: a cursor carries it.
const KEYS: { readonly [O in Order]: string } = {
  created_at: `to_char(m.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS')`,
  last_name: `lower(coalesce(p.family_name, ''))`,
  email: `lower(coalesce(${EMAIL}, ''))`,
}

/** One more than the page, in order, each with its key; and their number when it is asked for. */
export async function listDirectory(
  db: Db,
  asked: Asked,
): Promise<{
  readonly rows: readonly (DirectoryRow & { readonly key: string })[]
  readonly total: number | null
}> {
  const { text, values } = filters(db, asked)
  const [found, counted] = await db.batch([
    page(asked, { text, values }),
    ...(asked.count === 'exact' ? [{ text: `select count(*)::int as total ${text}`, values }] : []),
  ])
  const rows = (found?.rows ?? []) as readonly unknown[] as readonly (DirectoryRow & {
    readonly key: string
  })[]
  return { rows, total: (counted?.rows[0] as { total: number } | undefined)?.total ?? null }
}

function filters(db: Db, { email, status, is_active: active }: Asked): Required<Statement> {
  const parts = [
    email !== undefined && ([`position(lower(%) in lower(${EMAIL})) > 0`, email] as const),
    status !== undefined && (['m.status = %', status] as const),
    active !== undefined && ([`(m.status = 'active') = %`, active] as const),
  ].filter((part) => part !== false)
  const texts = parts.map(([text], at) => `and ${text.replace('%', `$${at + 2}`)}`)
  return {
    text: [FROM, ...texts].join(' '),
    values: [db.tenant, ...parts.map(([, value]) => value)],
  }
}

function page(
  { order_by: order, order_dir: direction, after, limit, offset }: Asked,
  { text, values }: Required<Statement>,
): Statement {
  const key = KEYS[order]
  const at = values.length + 1
  const [sign, way] = direction === 'asc' ? ['>', 'asc'] : ['<', 'desc']
  return {
    text: `select ${COLUMNS}, ${key} as key ${text}
              and ($${at}::text is null or (${key}, m.person_id) ${sign} ($${at}, $${at + 1}::uuid))
            order by ${key} ${way}, m.person_id ${way} limit $${at + 2} offset $${at + 3}`,
    values: [
      ...values,
      after?.[0] ?? null,
      after?.[1] ?? null,
      limit + 1,
      after === undefined ? offset : 0,
    ],
  }
}

/** One person of the tenant. */
export async function readDirectory(db: Db, person: string): Promise<DirectoryRow | undefined> {
  const { rows } = await db.query<DirectoryRow>(`select ${COLUMNS} ${FROM} and m.person_id = $2`, [
    db.tenant,
    person,
  ])
  return rows[0]
}

/** What a tenant may write about its member. */
export interface MemberNotes {
  readonly status?: DirectoryRow['status'] | undefined
  readonly notes?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Writes what the tenant keeps of a member; what is left out stays. */
export async function writeMemberNotes(
  tx: Tx,
  person: string,
  { status, notes, metadata }: MemberNotes,
): Promise<void> {
  await tx.query(
    `update plinth.memberships
        set status = coalesce($3, status),
            notes = case when $4 then $5 else notes end,
            metadata = coalesce($6::jsonb, metadata)
      where tenant_id = $1 and person_id = $2`,
    [
      tx.tenant,
      person,
      status ?? null,
      notes !== undefined,
      notes ?? null,
      metadata === undefined ? null : JSON.stringify(metadata),
    ],
  )
}

/** Whether somebody of the tenant, asked or joined, has an address. */
export async function isKnownHere(tx: Tx, email: string): Promise<boolean> {
  const { rows } = await tx.query(`select 1 ${FROM} and lower(${EMAIL}) = lower($2) limit 1`, [
    tx.tenant,
    email,
  ])
  return rows.length > 0
}
