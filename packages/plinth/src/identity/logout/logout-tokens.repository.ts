import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'

/** A logout token as the database knows it. */
export interface SeenToken {
  readonly tokenHash: Buffer
  /** ISO 8601; a copy is refused by its age after that, so the row may go. */
  readonly expiresAt: string
}

/**
 * Uses a logout token up; false when it was used before. Of two copies at once the second waits for
 * the first to commit, and finds it used.
 */
export async function useLogoutToken(
  tx: PlatformTx,
  { tokenHash, expiresAt }: SeenToken,
  now: string,
): Promise<boolean> {
  await tx.query(
    `insert into plinth.logout_tokens (token_hash, expires_at) values ($1, $2)
     on conflict (token_hash) do nothing`,
    [tokenHash, expiresAt],
  )
  return (await consume(tx, 'logout_tokens', { token_hash: tokenHash }, now)) !== undefined
}

/** A session of a provider, as its logout token names it. */
export interface NamedSession {
  readonly provider: string
  readonly providerSession: string
  /** Whose it is by the token's `sub`; undefined when nobody here has that subject. */
  readonly identity: string | undefined
}

/** Whether a provider's session id belongs here to somebody else than the token's subject. */
export async function isSomebodyElses(tx: PlatformTx, named: NamedSession): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from plinth.sessions
      where provider = $1 and provider_session_id = $2 and revoked_at is null
        and identity_id is distinct from $3
      limit 1`,
    [named.provider, named.providerSession, named.identity ?? null],
  )
  return rows.length > 0
}
