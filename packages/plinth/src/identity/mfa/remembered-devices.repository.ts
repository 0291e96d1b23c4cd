import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { hashToken, newId, newToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'

const DAY_MS = 86_400_000
const LONGEST_USER_AGENT = 512

// A browser is remembered under the password that was given with it; a new one ends that (MF-33).
const PASSWORD_VERSION = '(select version from plinth.credentials where person_id = $1)'

/** A browser that shall be remembered. */
export interface NewDevice {
  readonly person: Id<'person'>
  readonly days: number
  readonly userAgent: string | undefined
}

/** Remembers a browser; answers the token for its cookie, of which only a hash is kept. */
export async function rememberDevice(
  tx: PlatformTx,
  clock: Clock,
  { person, days, userAgent }: NewDevice,
): Promise<string> {
  const token = newToken()
  const now = clock.now()
  await tx.query(
    `insert into plinth.remembered_devices
       (person_id, id, token_hash, user_agent, created_at, expires_at, password_version)
     values ($1, $2, $3, $4, $5, $6, ${PASSWORD_VERSION})`,
    [
      person,
      newId(clock),
      hashToken('remembered-device', token),
      userAgent?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null,
      isoTime(now),
      isoTime(now + days * DAY_MS),
    ],
  )
  return token
}

/** Whether a browser is remembered for this person; notes that it was used. */
export async function useRememberedDevice(
  tx: PlatformTx,
  device: {
    readonly person: Id<'person'>
    readonly token: string | undefined
    readonly now: string
  },
): Promise<boolean> {
  const { person, token, now } = device
  if (token === undefined) return false
  const { rowCount } = await tx.query(
    `update plinth.remembered_devices set last_used_at = $3
      where person_id = $1 and token_hash = $2 and expires_at > $3
        and password_version is not distinct from ${PASSWORD_VERSION}`,
    [person, hashToken('remembered-device', token), now],
  )
  return rowCount > 0
}

/** A remembered browser as its person sees it. */
export interface ShownDevice {
  readonly id: string
  readonly user_agent: string | null
  readonly created_at: string
  readonly last_used_at: string | null
  readonly expires_at: string
}

/** The browsers that are remembered for a person, the newest first. */
export async function shownDevices(
  db: Queryable,
  person: Id<'person'>,
  now: string,
): Promise<readonly ShownDevice[]> {
  const { rows } = await db.query<ShownDevice>(
    `select id, user_agent, created_at, last_used_at, expires_at
       from plinth.remembered_devices
      where person_id = $1 and expires_at > $2
        and password_version is not distinct from ${PASSWORD_VERSION}
      order by created_at desc, id desc`,
    [person, now],
  )
  return rows
}

/** Forgets one browser of a person, or all; answers how many. */
export async function forgetDevices(
  db: Queryable,
  person: Id<'person'>,
  device?: string,
): Promise<number> {
  const { rowCount } = await db.query(
    `delete from plinth.remembered_devices
      where person_id = $1 and ($2::uuid is null or id = $2)`,
    [person, device ?? null],
  )
  return rowCount
}
