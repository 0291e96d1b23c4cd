import type { PlatformTx } from '../../data/index.ts'
import { hashToken } from '../../kernel/index.ts'

/** Whom a provider names, by its own session or as its subject. */
export interface NamedByProvider {
  readonly provider: string
  readonly iss: string
  readonly sub: string | undefined
  readonly sid: string | null | undefined
}

/** As long as a sign-in may take that was under way. */
const KEPT_SECONDS = 900

/**
 * Waits until no other transaction deals with these names, and keeps others out until this one ends:
 * of a sign-in and the sign-out that overtakes it, one sees what the other wrote.
 */
export async function holdNames(tx: PlatformTx, named: NamedByProvider): Promise<void> {
  const numbers = [sidKey(named), subKey(named)].flatMap((key) => key?.readBigInt64BE() ?? [])
  await tx.query(
    'select pg_advisory_xact_lock(one) from (select unnest($1::bigint[]) as one order by 1) ordered',
    [numbers.map(String)],
  )
}

/** Keeps that a provider signed somebody out: one session of its own, or everybody of a subject. */
export async function rememberSignOut(
  tx: PlatformTx,
  named: NamedByProvider,
  { saidAt, now }: { readonly saidAt: string; readonly now: string },
): Promise<void> {
  const key = sidKey(named) ?? subKey(named)
  if (key === undefined) return
  await tx.query(
    `insert into plinth.provider_sign_outs as kept (key_hash, said_at, expires_at)
     values ($1, $2, $3::timestamptz + make_interval(secs => $4))
     on conflict (key_hash) do update
        set said_at = greatest(kept.said_at, excluded.said_at), expires_at = excluded.expires_at`,
    [key, saidAt, now, KEPT_SECONDS],
  )
}

/**
 * Whether a provider signed out, in the meantime, whom it vouched for at a moment. Its session is over
 * whenever that was said; a subject only if it was said after the proof was made.
 * @param provenAt when the ID token was issued, ISO 8601
 */
export async function isSignedOut(
  tx: PlatformTx,
  named: NamedByProvider,
  provenAt: string,
): Promise<boolean> {
  const { rows } = await tx.query(
    `select 1 from plinth.provider_sign_outs
      where key_hash = $1 or (key_hash = $2 and said_at > $3)
      limit 1`,
    [sidKey(named) ?? null, subKey(named) ?? null, provenAt],
  )
  return rows.length > 0
}

function sidKey({ provider, sid }: NamedByProvider): Buffer | undefined {
  return sid ? hashToken('logout-token', `sid\0${provider}\0${sid}`) : undefined
}

function subKey({ provider, iss, sub }: NamedByProvider): Buffer | undefined {
  return sub === undefined
    ? undefined
    : hashToken('logout-token', `sub\0${provider}\0${iss}\0${sub}`)
}
