import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'

/** What a waiting sign-in lacks. */
export type Wants = 'factor' | 'enrolment'

/** Wrong codes that end a waiting sign-in (MF-07, ASVS 6.6.3). */
export const MOST_TRIES = 5

/** A sign-in that begins to wait. */
export interface NewChallenge {
  readonly id: Id<'mfa-challenge'>
  readonly tokenHash: Buffer
  readonly person: Id<'person'>
  readonly wants: Wants
  readonly sealed: Buffer
  readonly fingerprint: Buffer
  readonly now: string
  readonly expiresAt: string
}

const PASSWORD_VERSION = '(select version from plinth.credentials where person_id = $3)'

/** Keeps a sign-in that waits. */
export async function insertChallenge(tx: PlatformTx, one: NewChallenge): Promise<void> {
  await tx.query(
    `insert into plinth.mfa_challenges
       (id, token_hash, person_id, wants, sign_in_sealed, fingerprint, created_at, expires_at,
        password_version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, ${PASSWORD_VERSION})`,
    [
      one.id,
      one.tokenHash,
      one.person,
      one.wants,
      one.sealed,
      one.fingerprint,
      one.now,
      one.expiresAt,
    ],
  )
}

/** A waiting sign-in, as the table has it. */
export interface ChallengeRow {
  readonly id: Id<'mfa-challenge'>
  readonly person_id: Id<'person'>
  readonly wants: Wants
  readonly sign_in_sealed: Buffer
  readonly created_at: string
  readonly expires_at: string
}

/** Who shows a token, and from which browser. */
export interface ShownToken {
  readonly tokenHash: Buffer
  readonly fingerprint: Buffer
  readonly now: string
}

// Void: used, late, tried too often, shown by another kind of browser, of a person who is shut out
// since, or of one whose password is another since (MF-13).
const HOLDS = `
      c.token_hash = $1 and c.fingerprint = $2 and c.expires_at > $3
  and c.consumed_at is null and c.tries < ${MOST_TRIES}
  and c.password_version is not distinct from
      (select version from plinth.credentials where person_id = c.person_id)
  and exists (select from plinth.people p where p.id = c.person_id and p.status = 'active')`
const COLUMNS = 'c.id, c.person_id, c.wants, c.sign_in_sealed, c.created_at, c.expires_at'

/** Finds a waiting sign-in; nothing is counted. */
export async function findChallenge(
  db: PlatformDb | PlatformTx,
  { tokenHash, fingerprint, now }: ShownToken,
): Promise<ChallengeRow | undefined> {
  const { rows } = await db.query<ChallengeRow>(
    `select ${COLUMNS} from plinth.mfa_challenges c where ${HOLDS}`,
    [tokenHash, fingerprint, now],
  )
  return rows[0]
}

/**
 * Finds it and counts a try, before anybody looks at the code: of any number at once no more are
 * looked at than there are tries (MF-09).
 */
export async function reserveTry(
  db: PlatformDb,
  { tokenHash, fingerprint, now }: ShownToken,
): Promise<ChallengeRow | undefined> {
  const { rows } = await db.query<ChallengeRow>(
    `update plinth.mfa_challenges c set tries = c.tries + 1 where ${HOLDS} returning ${COLUMNS}`,
    [tokenHash, fingerprint, now],
  )
  return rows[0]
}
