import type { PlatformDb, PlatformTx, Rows } from '../../data/index.ts'
import type { Tally } from './tally.ts'

/** A row of the table: one subject at one place. */
export interface AttemptRow {
  readonly place_hash: Uint8Array
  readonly failures: number
  readonly since_success: number
  readonly locks: number
  readonly locked_until: string | null
  readonly last_failed_at: string | null
  readonly succeeded_at: string | null
}

/** The place that stands for all of them; it sorts first, so that it is locked first. */
export const ANYWHERE = Buffer.alloc(0)

const COLUMNS =
  'place_hash, failures, since_success, locks, locked_until, last_failed_at, succeeded_at'

/** Which rows an attempt concerns. */
export interface AttemptKey {
  readonly subject: Buffer
  /** Where it comes from; its row is made when it is not there. */
  readonly network: Buffer
  /** Another name of the place, of which a row may be there. */
  readonly device: Buffer | null
}

/** Holds the rows of an attempt until the transaction ends: the next one waits, and sees the count. */
export async function holdAttempts(
  tx: PlatformTx,
  { subject, network, device }: AttemptKey,
  forgetAt: string,
): Promise<readonly AttemptRow[]> {
  const [, held] = await tx.batch([
    {
      text: `insert into plinth.attempts (subject_hash, place_hash, forget_at)
             values ($1, $2, $4), ($1, $3, $4) on conflict do nothing`,
      values: [subject, ANYWHERE, network, forgetAt],
    },
    {
      text: `select ${COLUMNS} from plinth.attempts
              where subject_hash = $1 and place_hash in ($2, $3, $4)
              order by place_hash for update`,
      values: [subject, ANYWHERE, network, device],
    },
  ])
  return (held as Rows<AttemptRow> | undefined)?.rows ?? []
}

/** When a subject last succeeded at a place; null for never. */
export async function lastSuccess(
  db: PlatformDb,
  subject: Buffer,
  place: Buffer,
): Promise<string | null> {
  const { rows } = await db.query<{ at: string | null }>(
    'select succeeded_at as at from plinth.attempts where subject_hash = $1 and place_hash = $2',
    [subject, place],
  )
  return rows[0]?.at ?? null
}

/** What becomes of one row. */
export interface AttemptChange {
  readonly subject: Buffer
  readonly place: Uint8Array
  readonly tally: Tally
  readonly sinceSuccess: number
  readonly succeededAt: number | null
  readonly forgetAt: number
}

const WRITE = `
  insert into plinth.attempts
    (subject_hash, place_hash, failures, since_success, locks, locked_until, last_failed_at,
     succeeded_at, forget_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  on conflict (subject_hash, place_hash) do update
    set failures = excluded.failures, since_success = excluded.since_success,
        locks = excluded.locks, locked_until = excluded.locked_until,
        last_failed_at = excluded.last_failed_at, succeeded_at = excluded.succeeded_at,
        forget_at = excluded.forget_at`

/** Writes rows that are held. */
export async function writeAttempts(
  tx: PlatformTx,
  changes: readonly AttemptChange[],
): Promise<void> {
  await tx.batch(
    changes.map(({ subject, place, tally, sinceSuccess, succeededAt, forgetAt }) => ({
      text: WRITE,
      values: [
        subject,
        place,
        tally.failures,
        sinceSuccess,
        tally.locks,
        iso(tally.lockedUntil),
        iso(tally.lastFailedAt),
        iso(succeededAt),
        iso(forgetAt),
      ],
    })),
  )
}

/** Takes every lock off a subject; where it succeeded before stays known. */
export async function clearAttempts(db: PlatformDb, subject: Buffer): Promise<void> {
  await db.query(
    `update plinth.attempts
        set failures = 0, locks = 0, locked_until = null, last_failed_at = null, since_success = 0
      where subject_hash = $1`,
    [subject],
  )
}

/** Removes all that is kept of subjects. */
export async function deleteAttempts(db: PlatformDb, subjects: readonly Buffer[]): Promise<void> {
  await db.query('delete from plinth.attempts where subject_hash = any($1)', [subjects])
}

function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
