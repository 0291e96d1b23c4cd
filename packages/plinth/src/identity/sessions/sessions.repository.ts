import type { PlatformDb, PlatformTx, Statement, Tx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { SessionRow } from './session.ts'

// Row-level security shows a membership to its own person and tenant only. A setting inside the
// query that reads would be unsafe (the planner may scan first), so it is a statement before it.
const ENTER = `
  select set_config('plinth.person_id', person_id::text, true),
         set_config('plinth.tenant_id', coalesce(tenant_id::text, ''), true)
    from plinth.sessions
   where`

const SELECT = `
  select s.id, s.family_id, s.person_id, s.fingerprint, s.authenticated_at, s.last_seen_at,
         s.rotated_at, s.expires_at, s.absolute_expires_at, s.revoked_at, s.mismatch_reported_at,
         s.acr, s.amr, m.version is distinct from s.membership_version as rights_changed,
         p.name, p.email, p.given_name, p.family_name, p.status as person_status,
         s.tenant_id as session_tenant, t.id as tenant_id, t.slug as tenant_slug, t.name as tenant_name, m.role, m.grants,
         r.permissions as platform
    from plinth.sessions s
    join plinth.people p on p.id = s.person_id
    left join plinth.memberships m on m.tenant_id = s.tenant_id and m.person_id = s.person_id
                                  and m.status = 'active' and m.invited_email is null
    left join plinth.tenants t on t.id = m.tenant_id and t.status = 'active'
    left join plinth.platform_roles r on r.person_id = s.person_id
   where`

const BY_COOKIE = {
  enter: `${ENTER} id_hash = $1`,
  read: `${SELECT} s.id_hash = $1 and s.kind = 'browser'`,
}
const BY_TOKEN = {
  enter: `${ENTER} id = $1`,
  read: `${SELECT} s.id = $1 and s.kind = 'token'
     and exists (select from plinth.signing_keys k where k.id = $2)`,
}

/**
 * Reads the session of a browser with its person, tenant and grants: two statements, one round trip.
 */
export async function readSession(db: PlatformDb, idHash: Buffer): Promise<SessionRow | undefined> {
  const values = [idHash]
  const [, found] = await db.batch([
    { text: BY_COOKIE.enter, values },
    { text: BY_COOKIE.read, values },
  ])
  return found?.rows[0] as SessionRow | undefined
}

/** The same of a session behind tokens, unless the key that signed the token was taken back. */
export async function readTokenSession(
  db: PlatformDb,
  token: { readonly session: string; readonly key: string },
): Promise<SessionRow | undefined> {
  const [, found] = await db.batch([
    { text: BY_TOKEN.enter, values: [token.session] },
    { text: BY_TOKEN.read, values: [token.session, token.key] },
  ])
  return found?.rows[0] as SessionRow | undefined
}

/** A session as it is written. */
export interface NewSession {
  readonly id: Id<'session'>
  readonly idHash: Buffer
  readonly family: Id<'session'>
  readonly kind: 'browser' | 'token'
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'> | null
  readonly identity: Id<'identity'> | null
  readonly provider: string
  readonly fingerprint: Buffer
  readonly userAgent: string | null
  readonly clientAddress: string | null
  readonly authenticatedAt: string
  readonly acr: string | null
  readonly amr: readonly string[]
  readonly providerSession: string | null
  readonly now: string
  readonly expiresAt: string
  readonly absoluteExpiresAt: string
  readonly idTokenSealed: Buffer | null
  readonly refreshTokenSealed: Buffer | null
  readonly scopes: readonly string[] | null
}

const INSERT = `
  insert into plinth.sessions
    (id, id_hash, family_id, person_id, tenant_id, identity_id, provider, fingerprint, user_agent,
     client_address, authenticated_at, created_at, last_seen_at, expires_at, absolute_expires_at,
     id_token_sealed, refresh_token_sealed, acr, provider_session_id, scopes, kind, amr, membership_version)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
          (select version from plinth.memberships where tenant_id = $5 and person_id = $4))`

/** Writes a session. Only `mintSession` calls it. */
export async function insertSession(tx: PlatformTx, session: NewSession): Promise<void> {
  const values = [
    session.id,
    session.idHash,
    session.family,
    session.person,
    session.tenant,
    session.identity,
    session.provider,
    session.fingerprint,
    session.userAgent,
    session.clientAddress,
    session.authenticatedAt,
    session.now,
    session.expiresAt,
    session.absoluteExpiresAt,
    session.idTokenSealed,
    session.refreshTokenSealed,
    session.acr,
    session.providerSession,
    session.scopes,
    session.kind,
    session.amr,
  ]
  // Row-level security shows a membership to its own person only.
  await tx.batch([
    { text: "select set_config('plinth.person_id', $1, true)", values: [session.person] },
    { text: INSERT, values },
  ])
}

/**
 * Notes that a session was used, unless that was noted by somebody else or it has ended (SB-30).
 * @returns whether it was
 */
export async function touchSession(
  db: PlatformDb,
  use: {
    readonly id: string
    readonly now: string
    readonly before: string
    readonly expiresAt: string
  },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update plinth.sessions set last_seen_at = $2, expires_at = least($4, absolute_expires_at)
      where id = $1 and last_seen_at < $3 and revoked_at is null and rotated_at is null`,
    [use.id, use.now, use.before, use.expiresAt],
  )
  return rowCount > 0
}

/** Whether an id is the one that its session has now. */
export async function isLiveId(db: PlatformDb, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    'select from plinth.sessions where id = $1 and rotated_at is null and revoked_at is null',
    [id],
  )
  return rowCount > 0
}

/** Marks that a session came from another kind of browser; false when that was marked before. */
export async function markMismatch(tx: PlatformTx, id: string, now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `update plinth.sessions set mismatch_reported_at = $2
      where id = $1 and mismatch_reported_at is null`,
    [id, now],
  )
  return rowCount > 0
}

/** A session that was not ended yet, expired or not. */
export interface UnendedSession {
  readonly id: Id<'session'>
  readonly family_id: Id<'session'>
  readonly provider: string
  readonly identity_id: Id<'identity'> | null
  readonly provider_session_id: string | null
  readonly id_token_sealed: Buffer | null
}

/** Finds what there is to end behind a cookie: for an id that was rotated a moment ago, its successor. */
export async function findUnended(
  tx: PlatformTx,
  idHash: Buffer,
): Promise<UnendedSession | undefined> {
  const { rows } = await tx.query<UnendedSession>(
    `select live.id, live.family_id, live.provider, live.identity_id, live.provider_session_id,
            live.id_token_sealed
       from plinth.sessions one join plinth.sessions live on live.family_id = one.family_id
      where one.id_hash = $1 and one.revoked_at is null and live.revoked_at is null
      order by live.rotated_at nulls first
      limit 1`,
    [idHash],
  )
  return rows[0]
}

/** Removes what can never be used again: ended sessions, successors beyond the grace. */
export function sweepStatements(now: string, graceOver: string): readonly Statement[] {
  return [
    { text: 'delete from plinth.sessions where absolute_expires_at < $1', values: [now] },
    {
      text: `update plinth.sessions set successor_sealed = null
              where successor_sealed is not null and rotated_at < $1`,
      values: [graceOver],
    },
    { text: 'delete from plinth.one_time_tokens where expires_at < $1', values: [now] },
    {
      // The rows themselves stay as long as their session: an old token that comes back is known.
      text: `update plinth.refresh_tokens set successor_sealed = null
              where successor_sealed is not null and used_at < $1`,
      values: [graceOver],
    },
    { text: 'delete from plinth.oauth_tokens where expires_at < $1', values: [now] },
    { text: 'delete from plinth.client_assertions where expires_at < $1', values: [now] },
    { text: 'delete from plinth.pending_logins where expires_at < $1', values: [now] },
    { text: 'delete from plinth.link_offers where expires_at < $1', values: [now] },
    { text: 'delete from plinth.logout_tokens where expires_at < $1', values: [now] },
    { text: 'delete from plinth.provider_sign_outs where expires_at < $1', values: [now] },
  ]
}

/** Runs the sweep. The tables are global: any transaction reaches them. */
export async function sweep(tx: Tx, now: string, graceOver: string): Promise<void> {
  await tx.batch(sweepStatements(now, graceOver))
}
