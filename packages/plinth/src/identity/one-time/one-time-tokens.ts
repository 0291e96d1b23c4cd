import type { Queryable } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { hashToken, newId, newToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'

/** What a one-time token is for. One of a purpose is worth nothing at another (MF-49). */
export type OneTimePurpose =
  | 'registration'
  | 'email-change'
  | 'password-reset'
  | 'invitation'
  | 'passkey-challenge'

/** A token that is about to be given out. */
export interface NewOneTime {
  readonly purpose: OneTimePurpose
  /** Whom it belongs to; absent while nobody is known. */
  readonly person?: Id<'person'> | undefined
  /** What whoever redeems it is told. Nothing here is secret: what is, must be sealed first. */
  readonly data?: Readonly<Record<string, unknown>>
  readonly ttlSeconds: number
}

/** A token that was redeemed. */
export interface OneTime {
  readonly id: Id<'one-time'>
  readonly person_id: Id<'person'> | null
  readonly data: Readonly<Record<string, unknown>>
  readonly created_at: string
}

/**
 * Gives out a token that works once, until its time is over: 256 random bits as 43 base64url
 * characters, of which the database keeps a hash.
 */
export async function issueOneTime(
  tx: Queryable,
  clock: Clock,
  { purpose, person, data = {}, ttlSeconds }: NewOneTime,
): Promise<string> {
  const token = newToken()
  const now = clock.now()
  await tx.query(
    `insert into plinth.one_time_tokens
       (id, token_hash, purpose, person_id, data, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      newId(clock),
      hashOf(purpose, token),
      purpose,
      person ?? null,
      JSON.stringify(data),
      isoTime(now),
      isoTime(now + ttlSeconds * 1_000),
    ],
  )
  return token
}

/**
 * Uses a token up: of any number of callers at once exactly one gets the row.
 * @returns undefined when it is unknown, late, used, or of another purpose; they look alike on purpose
 */
export async function redeemOneTime(
  tx: Queryable,
  clock: Clock,
  { purpose, token }: { readonly purpose: OneTimePurpose; readonly token: string },
): Promise<OneTime | undefined> {
  const key = { token_hash: hashOf(purpose, token), purpose }
  return consume<OneTime, 'one_time_tokens'>(tx, 'one_time_tokens', key, isoTime(clock.now()))
}

/** Reads a token without using it: to show what it is about before somebody decides. */
export async function peekOneTime(
  db: Queryable,
  clock: Clock,
  { purpose, token }: { readonly purpose: OneTimePurpose; readonly token: string },
): Promise<OneTime | undefined> {
  const { rows } = await db.query<OneTime>(
    `select id, person_id, data, created_at from plinth.one_time_tokens
      where token_hash = $1 and purpose = $2 and consumed_at is null and expires_at > $3`,
    [hashOf(purpose, token), purpose, isoTime(clock.now())],
  )
  return rows[0]
}

/** Voids all unused tokens of a person for a purpose: a newer one, or a change, took their place. */
export async function voidOneTime(
  tx: Queryable,
  clock: Clock,
  { purpose, person }: { readonly purpose: OneTimePurpose; readonly person: Id<'person'> },
): Promise<void> {
  await tx.query(
    `update plinth.one_time_tokens set consumed_at = $3
      where person_id = $1 and purpose = $2 and consumed_at is null`,
    [person, purpose, isoTime(clock.now())],
  )
}

function hashOf(purpose: OneTimePurpose, token: string): Buffer {
  return hashToken('one-time', `${purpose} ${token}`)
}
