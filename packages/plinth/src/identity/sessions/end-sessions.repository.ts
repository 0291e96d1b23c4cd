import type { PlatformTx, Rows } from '../../data/index.ts'
import type { EndedSession } from '../logout/queue-revocations.ts'
import { queueRevocations } from '../logout/queue-revocations.ts'

/** Why sessions were ended. */
export type EndReason =
  | 'signed_out'
  | 'signed_in_again'
  | 'rotated_id_replayed'
  | 'provider_refused'
  | 'revoked'
  | 'session_limit'
  | 'provider_signed_out'
  | 'identity_unlinked'
  | 'person_disabled'
  | 'person_erased'
  | 'password_changed'
  | 'second_factor_missing'
  | 'factors_changed'
  | 'refresh_token_replayed'
  | 'standing_changed'
  | 'ended_by_administrator'

/** Which sessions to end. A session is its whole family: every id that rotation gave it. */
export type WhichSessions =
  | { readonly family: string }
  | { readonly person: string; readonly except?: string }
  | { readonly provider: string; readonly providerSession: string }
  | { readonly identity: string }
  /** Those in a tenant that began without a second factor. */
  | { readonly withoutFactorIn: string }
  | 'everybody'

/**
 * Ends sessions and says how many there were. Rotation holds the first row of a family until it
 * commits; so does this, before it looks: a successor that is being made is among what ends.
 * @param which `except` is a family that goes on
 * @param end `now` is ISO 8601; with `keepsGrant` the provider is not told, because what it granted
 *   goes on in another session
 */
export async function endSessions(
  tx: PlatformTx,
  which: WhichSessions,
  end: { readonly now: string; readonly reason: EndReason; readonly keepsGrant?: boolean },
): Promise<number> {
  const { condition, values } = found(which)
  const families = `select family_id from plinth.sessions where ${condition} and revoked_at is null`
  const [, ended] = await tx.batch([
    {
      text: `select id from plinth.sessions where id in (${families}) order by id for update`,
      values,
    },
    {
      // The join shows the row as it was: PostgreSQL below 18 cannot return what an update overwrote.
      text: `update plinth.sessions one
                set revoked_at = $3, revoke_reason = $4, successor_sealed = null,
                    id_token_sealed = null, refresh_token_sealed = null
               from plinth.sessions was
              where was.id = one.id and one.family_id in (${families}) and one.revoked_at is null
              returning one.id, one.provider, one.rotated_at, was.refresh_token_sealed`,
      values: [...values, end.now, end.reason],
    },
  ])
  const rows = (ended as Rows<EndedRow> | undefined)?.rows ?? []
  // A provider that ended the session, or refused its token, need not be told.
  const knows = end.keepsGrant === true || end.reason.startsWith('provider_')
  if (!knows) await queueRevocations(tx, rows)
  return rows.filter((row) => row.rotated_at === null).length
}

/**
 * Holds the sessions of a person until the transaction ends: no refresh of theirs runs meanwhile.
 * Whoever then takes anything that a refresh takes too, takes it after.
 */
export async function holdSessions(tx: PlatformTx, person: string): Promise<void> {
  await tx.query(
    `select id from plinth.sessions
      where id in (select family_id from plinth.sessions where person_id = $1 and revoked_at is null)
      order by id for update`,
    [person],
  )
}

interface EndedRow extends EndedSession {
  readonly rotated_at: string | null
}

// As `provesTwoFactors` judges; a remembered browser stands for its second factor. What an id that was
// rotated away had proved says nothing of its successor.
const ONE_FACTOR = `rotated_at is null and not (amr && array['hwk', 'mfa', 'remembered'])
  and cardinality(array(select distinct case shown when 'fed' then 'pwd' else shown end
                          from unnest(amr) shown)) < 2`

/** Each takes two values, so that what follows has the same numbers. */
function found(which: WhichSessions): { condition: string; values: readonly (string | null)[] } {
  if (which === 'everybody') {
    return { condition: '$1::text is null and $2::text is null', values: [null, null] }
  }
  if ('family' in which) {
    return { condition: 'family_id = $1 and $2::text is null', values: [which.family, null] }
  }
  if ('person' in which) {
    const condition = 'person_id = $1 and family_id is distinct from $2::uuid'
    return { condition, values: [which.person, which.except ?? null] }
  }
  if ('identity' in which) {
    return { condition: 'identity_id = $1 and $2::text is null', values: [which.identity, null] }
  }
  if ('withoutFactorIn' in which) {
    return {
      condition: `tenant_id = $1 and $2::text is null and ${ONE_FACTOR}`,
      values: [which.withoutFactorIn, null],
    }
  }
  return {
    condition: 'provider = $1 and provider_session_id = $2',
    values: [which.provider, which.providerSession],
  }
}
