import type { PlatformDb, PlatformTx, Queryable } from '../../data/index.ts'
import { skippedBy } from '../../tenancy/index.ts'
import type { ProfileRow } from './profile.repository.ts'
import { PERSONAL_COLUMNS } from './profile.repository.ts'

/** A person as an administrator of the platform sees them. */
export interface PlatformPersonRow extends Omit<ProfileRow, 'version'> {
  readonly kind: 'human' | 'service'
  readonly status: 'active' | 'inactive' | 'archived'
  readonly notes: string | null
  readonly metadata: Readonly<Record<string, unknown>>
}

const COLUMNS = `
  ${PERSONAL_COLUMNS}, p.email, p.email_verified, p.created_at, p.kind, p.notes, p.metadata,
  case p.status when 'disabled' then 'inactive' else p.status end as status`
// Somebody whom nobody is yet is a tenant's matter.
const FROM = `
  from plinth.people p
 where p.status <> 'erased'
   and not (p.email is null and p.kind = 'human'
            and not exists (select from plinth.identities i where i.person_id = p.id)
            and not exists (select from plinth.credentials c where c.person_id = p.id))`

/** What is asked of the list of all people. */
export interface PlatformAsked {
  readonly limit: number
  readonly offset: number
  readonly cursor?: string | undefined
  readonly count?: 'exact' | undefined
  readonly email?: string | undefined
  readonly status?: 'active' | 'inactive' | 'archived' | undefined
}

/** All people, in the order in which they came, one more than the page. */
export async function listPlatformPeople(
  db: PlatformDb,
  { limit, offset, cursor, count, email, status }: PlatformAsked,
): Promise<{ readonly rows: readonly PlatformPersonRow[]; readonly total: number | null }> {
  const where = `${FROM}
    and ($1::text is null or position(lower($1) in lower(p.email)) > 0)
    and ($2::text is null or p.status = $2)`
  const filters = [email ?? null, status === 'inactive' ? 'disabled' : (status ?? null)]
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} ${where} and ($3::uuid is null or p.id > $3)
              order by p.id limit $4 offset $5`,
      values: [...filters, cursor ?? null, limit + 1, skippedBy({ cursor, offset })],
    },
    ...(count === 'exact'
      ? [{ text: `select count(*)::int as total ${where}`, values: filters }]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly PlatformPersonRow[], total }
}

/** One person. */
export async function readPlatformPerson(
  db: Queryable,
  person: string,
): Promise<PlatformPersonRow | undefined> {
  const { rows } = await db.query<PlatformPersonRow>(`select ${COLUMNS} ${FROM} and p.id = $1`, [
    person,
  ])
  return rows[0]
}

/** What an administrator of the platform writes beside the profile. */
export interface PlatformNotes {
  readonly status?: PlatformPersonRow['status'] | undefined
  readonly notes?: string | null | undefined
  readonly metadata?: Readonly<Record<string, unknown>> | undefined
}

/** Writes it; what is left out stays. */
export async function writePlatformNotes(
  tx: PlatformTx,
  person: string,
  { status, notes, metadata }: PlatformNotes,
): Promise<void> {
  await tx.query(
    `update plinth.people
        set status = coalesce($2, status), notes = case when $3 then $4 else notes end,
            metadata = coalesce($5::jsonb, metadata), version = version + 1
      where id = $1`,
    [
      person,
      status === 'inactive' ? 'disabled' : (status ?? null),
      notes !== undefined,
      notes ?? null,
      metadata === undefined ? null : JSON.stringify(metadata),
    ],
  )
}

/** Holds a person until the transaction ends. */
export async function holdPerson(tx: PlatformTx, person: string): Promise<void> {
  await tx.query('select id from plinth.people where id = $1 for update', [person])
}
