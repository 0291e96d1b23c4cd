import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** One of a person's sessions, as they see it. */
export interface OwnSession {
  readonly id: Id<'session'>
  readonly status: 'active' | 'revoked' | 'expired'
  readonly ip_address: string | null
  readonly user_agent: string | null
  /** When the sign-in was, however often the id was rotated since. */
  readonly created_at: string
  readonly last_seen_at: string
  readonly expires_at: string
  readonly is_current: boolean
}

// Ids that were rotated away are no sessions of their own.
const LIST = `
  select s.id, s.client_address as ip_address, s.user_agent, first.created_at, s.last_seen_at,
         least(s.expires_at, s.absolute_expires_at) as expires_at,
         coalesce(s.family_id = (select family_id from plinth.sessions where id = $2), false)
           as is_current,
         case when s.revoked_at is not null then 'revoked'
              when s.expires_at <= $3 or s.absolute_expires_at <= $3 then 'expired'
              else 'active' end as status,
         count(*) over ()::int as total
    from plinth.sessions s
    join plinth.sessions first on first.id = s.family_id
   where s.person_id = $1 and s.rotated_at is null
   order by s.revoked_at is null desc, s.last_seen_at desc, s.id
   limit 100`

/** Lists the sessions of a person, those that are not over first: a hundred at most, and how many there are. */
export async function listOwnSessions(
  db: PlatformDb,
  person: string,
  { current, now }: { readonly current: string; readonly now: string },
): Promise<{ readonly sessions: readonly OwnSession[]; readonly total: number }> {
  const { rows } = await db.query<OwnSession & { readonly total: number }>(LIST, [
    person,
    current,
    now,
  ])
  return { sessions: rows, total: rows[0]?.total ?? 0 }
}

/** What there is to know of a session before it is ended. */
export interface FoundSession {
  readonly family: string
  readonly revoked: boolean
  readonly rotated: boolean
}

/** Finds a session of a person. Another person's and none at all are the same (SB-18). */
export async function findOwnSession(
  tx: PlatformTx,
  person: string,
  id: string,
): Promise<FoundSession | undefined> {
  const { rows } = await tx.query<FoundSession>(
    `select family_id as family, revoked_at is not null as revoked, rotated_at is not null as rotated
       from plinth.sessions where id = $2 and person_id = $1`,
    [person, id],
  )
  return rows[0]
}
