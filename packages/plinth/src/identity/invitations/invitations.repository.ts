import type { Db, Queryable, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { skippedBy } from '../../tenancy/index.ts'

/** An invitation as an administrator of the tenant sees it. */
export interface InvitationRow {
  readonly id: Id<'invitation'>
  readonly person_id: Id<'person'> | null
  readonly email: string
  readonly role: string
  readonly invited_by: Id<'person'> | null
  readonly created_at: string
  readonly sent_at: string
  readonly expires_at: string
  readonly accepted_at: string | null
  readonly revoked_at: string | null
  readonly declined_at: string | null
}

const COLUMNS =
  'id, person_id, email, role, invited_by, created_at, sent_at, expires_at, accepted_at, revoked_at, declined_at'
const OPEN = 'accepted_at is null and revoked_at is null and declined_at is null'

/** An invitation that is written. */
export type NewInvitation = Pick<
  InvitationRow,
  'id' | 'person_id' | 'email' | 'role' | 'invited_by' | 'expires_at'
> & { readonly now: string }

/** Writes an invitation. */
export async function insertInvitation(tx: Tx, one: NewInvitation): Promise<void> {
  await tx.query(
    `insert into plinth.invitations
       (id, tenant_id, person_id, email, role, invited_by, created_at, sent_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $7, $8)`,
    [
      one.id,
      tx.tenant,
      one.person_id,
      one.email,
      one.role,
      one.invited_by,
      one.now,
      one.expires_at,
    ],
  )
}

/** How many invitations of the tenant wait. */
export async function countOpen(tx: Tx): Promise<number> {
  const { rows } = await tx.query<{ open: number }>(
    `select count(*)::int as open from plinth.invitations where tenant_id = $1 and ${OPEN}`,
    [tx.tenant],
  )
  return rows[0]?.open ?? 0
}

/** The invitations of a tenant in the order of their ids. */
export async function listInvitations(
  db: Db,
  asked: {
    readonly limit: number
    readonly offset: number
    readonly cursor?: string | undefined
    readonly count?: 'exact' | undefined
  },
): Promise<{ readonly rows: readonly InvitationRow[]; readonly total: number | null }> {
  const [found, counted] = await db.batch([
    {
      text: `select ${COLUMNS} from plinth.invitations
              where tenant_id = $1 and ($2::uuid is null or id > $2)
              order by id limit $3 offset $4`,
      values: [db.tenant, asked.cursor ?? null, asked.limit + 1, skippedBy(asked)],
    },
    ...(asked.count === 'exact'
      ? [
          {
            text: 'select count(*)::int as total from plinth.invitations where tenant_id = $1',
            values: [db.tenant],
          },
        ]
      : []),
  ])
  const total = (counted?.rows[0] as { total: number } | undefined)?.total ?? null
  return { rows: (found?.rows ?? []) as readonly unknown[] as readonly InvitationRow[], total }
}

/** One invitation, whatever became of it. */
export async function readInvitation(tx: Tx, id: string): Promise<InvitationRow | undefined> {
  const { rows } = await tx.query<InvitationRow>(
    `select ${COLUMNS} from plinth.invitations where tenant_id = $1 and id = $2`,
    [tx.tenant, id],
  )
  return rows[0]
}

/** One invitation that waits, held until the transaction ends. */
export async function holdOpen(
  tx: Tx,
  which: { readonly id: string } | { readonly person: string },
): Promise<InvitationRow | undefined> {
  const [condition, value] =
    'id' in which ? ['id = $2', which.id] : ['person_id = $2', which.person]
  const { rows } = await tx.query<InvitationRow>(
    `select ${COLUMNS} from plinth.invitations
      where tenant_id = $1 and ${condition} and ${OPEN} for update`,
    [tx.tenant, value],
  )
  return rows[0]
}

/** Notes that an invitation was sent once more. */
export async function noteSent(
  tx: Tx,
  id: string,
  { now, expiresAt }: { readonly now: string; readonly expiresAt: string },
): Promise<InvitationRow | undefined> {
  const { rows } = await tx.query<InvitationRow>(
    `update plinth.invitations set sent_at = $3, expires_at = $4
      where tenant_id = $1 and id = $2 and ${OPEN} returning ${COLUMNS}`,
    [tx.tenant, id, now, expiresAt],
  )
  return rows[0]
}

/** How an invitation ends before its time does. */
export type InvitationEnd = 'accepted' | 'revoked' | 'declined'

/** Closes an invitation. */
export async function closeInvitation(
  tx: Tx,
  id: string,
  { as, now }: { readonly as: InvitationEnd; readonly now: string },
): Promise<void> {
  const column = { accepted: 'accepted_at', revoked: 'revoked_at', declined: 'declined_at' }[as]
  await tx.query(
    `update plinth.invitations set ${column} = $3 where tenant_id = $1 and id = $2 and ${OPEN}`,
    [tx.tenant, id, now],
  )
}

/** Notes who accepted: not the person whom the tenant had prepared. */
export async function noteAccepted(tx: Tx, id: string, person: string): Promise<void> {
  await tx.query('update plinth.invitations set person_id = $3 where tenant_id = $1 and id = $2', [
    tx.tenant,
    id,
    person,
  ])
}

/** Takes away invitations that nobody accepted and that ran out before a moment; whom each was for. */
export async function takeLapsed(
  tx: Tx,
  before: string,
): Promise<readonly { readonly person: string | null }[]> {
  const { rows } = await tx.query<{ person: string | null }>(
    `delete from plinth.invitations where tenant_id = $1 and ${OPEN} and expires_at < $2
     returning person_id as person`,
    [tx.tenant, before],
  )
  return rows
}

/** Forgets invitations that ended before a moment; how many there were. */
export async function forgetEnded(tx: Tx, before: string): Promise<number> {
  const { rowCount } = await tx.query(
    `delete from plinth.invitations
      where tenant_id = $1 and coalesce(accepted_at, revoked_at, declined_at) < $2`,
    [tx.tenant, before],
  )
  return rowCount
}

/** A person who was asked in and is nobody yet goes, with what the tenant noted of them. */
export async function removeInvited(tx: Tx, person: string): Promise<void> {
  const { rowCount } = await tx.query(
    `delete from plinth.memberships
      where tenant_id = $1 and person_id = $2 and invited_email is not null`,
    [tx.tenant, person],
  )
  if (rowCount > 0) await removeNobody(tx, person)
}

/** Removes the row of a person who never was anybody: no way to sign in, and in no tenant. */
export async function removeNobody(tx: Queryable, person: string): Promise<void> {
  await tx.query(
    `delete from plinth.people p
      where p.id = $1 and p.email is null
        and not exists (select from plinth.identities i where i.person_id = p.id)`,
    [person],
  )
}
