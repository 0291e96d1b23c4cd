import type { PlatformDb } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** A sign-in that waits for its callback. */
export interface PendingLogin {
  readonly id: Id<'pending-login'>
  readonly provider: string
  readonly nonce: string
  readonly code_verifier: string
  readonly redirect_uri: string
  readonly return_to: string
  readonly fingerprint: Buffer
  readonly created_at: string
  readonly expires_at: string
  /** A step-up and a linking belong to the person and the session that asked. */
  readonly purpose: 'sign_in' | 'step_up' | 'link'
  readonly max_age_seconds: number | null
  readonly acr_values: readonly string[]
  readonly person_id: Id<'person'> | null
  readonly session_family_id: Id<'session'> | null
}

/** What finds a pending login: the state of the URL and the cookie of the same browser. */
export interface LoginKey {
  readonly stateHash: Buffer
  readonly cookieHash: Buffer
}

/** Writes a pending login. */
export async function insertPendingLogin(
  db: PlatformDb,
  login: PendingLogin & LoginKey,
): Promise<void> {
  await db.query(
    `insert into plinth.pending_logins
       (id, state_hash, cookie_hash, provider, nonce, code_verifier, redirect_uri, return_to,
        fingerprint, created_at, expires_at, purpose, max_age_seconds, acr_values, person_id,
        session_family_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      login.id,
      login.stateHash,
      login.cookieHash,
      login.provider,
      login.nonce,
      login.code_verifier,
      login.redirect_uri,
      login.return_to,
      login.fingerprint,
      login.created_at,
      login.expires_at,
      login.purpose,
      login.max_age_seconds,
      login.acr_values,
      login.person_id,
      login.session_family_id,
    ],
  )
}

/**
 * Takes a pending login, once: whoever comes second finds none. Expiry is judged by the caller, so
 * that an expired one is used up too.
 */
export async function takePendingLogin(
  db: PlatformDb,
  key: LoginKey,
  now: string,
): Promise<PendingLogin | undefined> {
  const { stateHash: state_hash, cookieHash: cookie_hash } = key
  return consume<PendingLogin, 'pending_logins'>(
    db,
    'pending_logins',
    { state_hash, cookie_hash },
    now,
  )
}

/** The cookies of a browser whose pending logins are the oldest, unknown ones first. */
export async function oldestLogins(
  db: PlatformDb,
  cookieHashes: readonly Buffer[],
): Promise<readonly number[]> {
  const { rows } = await db.query<{ at: number }>(
    `select c.at::int as at
       from unnest($1::bytea[]) with ordinality as c(hash, at)
       left join plinth.pending_logins l on l.cookie_hash = c.hash and l.consumed_at is null
      order by l.created_at nulls first, c.at`,
    [cookieHashes],
  )
  return rows.map(({ at }) => at - 1)
}

/** Forgets pending logins by their cookies. */
export async function forgetLogins(db: PlatformDb, cookieHashes: readonly Buffer[]): Promise<void> {
  await db.query('delete from plinth.pending_logins where cookie_hash = any($1::bytea[])', [
    cookieHashes,
  ])
}
