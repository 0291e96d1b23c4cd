import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import type { AttemptChange, AttemptKey, AttemptRow } from './attempts.repository.ts'
import { ANYWHERE, holdAttempts, lastSuccess } from './attempts.repository.ts'
import type { LockoutSettings } from './attempts.settings.ts'
import type { Tally } from './tally.ts'
import { FORGET_SECONDS } from './tally.ts'

/** When it is, and by which rules. */
export interface Moment {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly settings: LockoutSettings
}

/** One row, in numbers. */
export interface Counted {
  readonly place: Uint8Array
  readonly tally: Tally
  readonly sinceSuccess: number
  readonly succeededAt: number | null
}

/** The rows that a try concerns, held. */
export interface HeldAttempt {
  readonly anywhere: Counted
  /** The browser when that is known, else the network. */
  readonly place: Counted
  /** Whether the subject succeeded there before. */
  readonly known: boolean
  readonly knownDevice: boolean
}

/** Holds the rows of a try, and finds the place that it counts for. */
export async function holdAttempt(
  tx: PlatformTx,
  key: AttemptKey,
  { now, settings }: Moment,
): Promise<HeldAttempt> {
  const rows = await holdAttempts(tx, key, iso(now + FORGET_SECONDS * 1_000))
  const at = (place: Uint8Array) => counted(rows, place)
  const isKnown = ({ succeededAt }: Counted) => isRecent(succeededAt, { now, settings })
  const device = key.device === null ? undefined : at(key.device)
  const knownDevice = device !== undefined && isKnown(device)
  const place = knownDevice ? device : at(key.network)
  return { anywhere: at(ANYWHERE), place, known: isKnown(place), knownDevice }
}

/** Whether the subject succeeded from the network of a try before. */
export async function knowsNetwork(
  db: PlatformDb,
  { subject, network }: AttemptKey,
  at: Moment,
): Promise<boolean> {
  return isRecent(time(await lastSuccess(db, subject, network)), at)
}

function isRecent(succeededAt: number | null, { now, settings }: Moment): boolean {
  return succeededAt !== null && now - succeededAt < settings.known_days * DAY_MS
}

/** A row as it is to be written, with the moment when it may be forgotten. */
export function changed({ subject }: AttemptKey, at: Moment, row: Counted): AttemptChange {
  const idle = Math.max(at.now, row.tally.lockedUntil ?? 0) + FORGET_SECONDS * 1_000
  const known = row.succeededAt === null ? 0 : row.succeededAt + at.settings.known_days * DAY_MS
  return { ...row, subject, forgetAt: Math.max(idle, known) }
}

const DAY_MS = 86_400_000

function counted(rows: readonly AttemptRow[], place: Uint8Array): Counted {
  const row = rows.find((one) => Buffer.compare(one.place_hash, place) === 0)
  return {
    place,
    tally: {
      failures: row?.failures ?? 0,
      locks: row?.locks ?? 0,
      lockedUntil: time(row?.locked_until),
      lastFailedAt: time(row?.last_failed_at),
    },
    sinceSuccess: row?.since_success ?? 0,
    succeededAt: time(row?.succeeded_at),
  }
}

function time(text: string | null | undefined): number | null {
  return text ? Date.parse(text) : null
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}
