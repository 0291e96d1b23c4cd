import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { Clock, Id, Secret } from '../../kernel/index.ts'
import { deriveKey } from '../../kernel/index.ts'
import type { Attempt, GuessedFactor } from './attempt-key.ts'
import { attemptKey, subjectHash } from './attempt-key.ts'
import type { AttemptKey } from './attempts.repository.ts'
import { clearAttempts, deleteAttempts, writeAttempts } from './attempts.repository.ts'
import type { LockoutSettings } from './attempts.settings.ts'
import type { Moment } from './held-attempt.ts'
import { changed, holdAttempt, knowsNetwork } from './held-attempt.ts'
import type { TallyRule } from './tally.ts'
import { countAttempt, lockOf, NO_TALLY } from './tally.ts'

/** Whether the secret may be looked at. */
export type Reservation =
  /** `knownDevice` says whether the subject succeeded with this browser before. */
  | { readonly code: 'go'; readonly knownDevice: boolean }
  /** Nothing is looked at, however right it may be. For the log, not for the caller. */
  | { readonly code: 'locked'; readonly retryAfterSeconds: number }

/**
 * Holds a try against what an account may be asked in a while, before it is counted; throws when that
 * is used up. Of a try that a lock refuses it is not asked, so that nobody uses it up from one place.
 * @param whose the account with where the try comes from: its own for each place that is known, one
 *   for all strangers together
 */
export type AccountShare = (whose: string) => Promise<void>

/** Counts what people try, in the database: exact over any number of processes. */
export interface Attempts {
  /**
   * Counts a try as failed, before it is looked at. In a transaction of its own, so that a caller
   * that fails or is cut off has still been counted.
   * @throws TypeError inside an open transaction, which could take the count back
   * @throws what `share` throws; nothing is counted then
   */
  reserve(db: PlatformDb, attempt: Attempt, share: AccountShare): Promise<Reservation>
  /**
   * Takes the try off again and forgets those that failed before it; its network, and its device if
   * it names one, are known from now on. Joins the caller's transaction.
   * @returns how many failed since the last success, wherever they came from
   */
  succeeded(tx: PlatformTx, attempt: Attempt): Promise<{ readonly failedBefore: number }>
  /** Whether the subject succeeded from this network before; counts nothing. */
  knows(db: PlatformDb, attempt: Omit<Attempt, 'device'>): Promise<boolean>
  /** Takes every lock of one factor off a person, when they proved themselves in another way. */
  clear(db: PlatformDb, person: Id<'person'>, factor: GuessedFactor): Promise<void>
  /** Removes everything that is kept of a person. */
  forget(db: PlatformDb, person: Id<'person'>): Promise<void>
}

/** What counting needs. */
export interface AttemptsDeps {
  readonly clock: Clock
  readonly settings: LockoutSettings
  /** `app.session_signing_secret`. */
  readonly secret: Secret
}

/**
 * Makes the counters. Failures are counted at the place they come from (a network, or a browser that
 * is known), and those of places that are not known together once more. So an attacker shuts
 * themselves out and, with many addresses, other strangers; never the person where they signed in
 * before (security.md MF-10, MF-37; NIST SP 800-63B 3.2.2).
 */
export function createAttempts({ clock, settings, secret }: AttemptsDeps): Attempts {
  const key = deriveKey(secret, 'attempt')
  const moment = (): Moment => ({ now: clock.now(), settings })
  return {
    reserve: async (db, attempt, share) => {
      if ('open' in db)
        throw new TypeError('an attempt is counted outside the transaction it is for')
      const rules = rulesOf(attempt.factor, settings)
      return db.transaction((tx) =>
        reserve(tx, attemptKey(key, attempt), { ...moment(), rules, share }),
      )
    },
    knows: (db, attempt) => knowsNetwork(db, attemptKey(key, attempt), moment()),
    succeeded: (tx, attempt) => succeed(tx, attemptKey(key, attempt), moment()),
    clear: (db, person, factor) => clearAttempts(db, subjectHash(key, { person }, factor)),
    forget: (db, person) =>
      deleteAttempts(db, [
        subjectHash(key, { person }, 'password'),
        subjectHash(key, { person }, 'second'),
      ]),
  }
}

interface Rules {
  readonly place: TallyRule
  readonly strangers: TallyRule
}

async function reserve(
  tx: PlatformTx,
  key: AttemptKey,
  at: Moment & { readonly rules: Rules; readonly share: AccountShare },
): Promise<Reservation> {
  const { now, rules } = at
  const { anywhere, place, known, knownDevice } = await holdAttempt(tx, key, at)
  const until = lockOf(place.tally, now) ?? (known ? undefined : lockOf(anywhere.tally, now))
  if (until !== undefined) {
    return { code: 'locked', retryAfterSeconds: Math.ceil((until - now) / 1_000) }
  }
  await at.share(whoseShare(key, known ? place.place : STRANGERS_PLACE))
  const sinceSuccess = anywhere.sinceSuccess + 1
  const strangers = known ? anywhere.tally : countAttempt(anywhere.tally, rules.strangers, now)
  await writeAttempts(tx, [
    changed(key, at, { ...anywhere, tally: strangers, sinceSuccess }),
    changed(key, at, { ...place, tally: countAttempt(place.tally, rules.place, now) }),
  ])
  return { code: 'go', knownDevice }
}

/** Strangers share one; whoever is known somewhere has their own there, which no stranger uses up. */
const STRANGERS_PLACE = Buffer.from('strangers')

function whoseShare({ subject }: AttemptKey, place: Uint8Array): string {
  return `attempt ${subject.toString('hex')} ${Buffer.from(place).toString('hex')}`
}

async function succeed(
  tx: PlatformTx,
  key: AttemptKey,
  at: Moment,
): Promise<{ readonly failedBefore: number }> {
  const { anywhere, known } = await holdAttempt(tx, key, at)
  // A success where the person is known says nothing about the strangers that try elsewhere.
  const strangers = known ? anywhere.tally : NO_TALLY
  const here = [key.network, ...(key.device === null ? [] : [key.device])]
  const proven = { tally: NO_TALLY, sinceSuccess: 0, succeededAt: at.now }
  await writeAttempts(tx, [
    changed(key, at, { ...anywhere, tally: strangers, sinceSuccess: 0 }),
    ...here.map((place) => changed(key, at, { ...proven, place })),
  ])
  return { failedBefore: Math.max(0, anywhere.sinceSuccess - 1) }
}

/** The ceiling over all strangers together; a code has fewer values to try (NIST 63B; ASVS 6.6.3). */
const STRANGERS = { password: 100, second: 20 } as const
const STRANGERS_LOCK_SECONDS = 3_600

function rulesOf(factor: GuessedFactor, settings: LockoutSettings): Rules {
  const { attempts: most, lock_seconds: lockSeconds } = settings
  const longestLockSeconds = Math.max(settings.longest_lock_seconds, lockSeconds)
  return {
    place: { most, mostAgain: most, lockSeconds, longestLockSeconds },
    strangers: {
      most: STRANGERS[factor],
      // Beyond the ceiling one at a time.
      mostAgain: 1,
      lockSeconds: STRANGERS_LOCK_SECONDS,
      longestLockSeconds: Math.max(longestLockSeconds, STRANGERS_LOCK_SECONDS),
    },
  }
}
