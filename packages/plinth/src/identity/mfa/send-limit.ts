import type { PlatformDb, PlatformTx } from '../../data/index.ts'
import { addressBucket } from '../../http/index.ts'
import { hashToken } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MfaParts } from './mfa-parts.ts'

/** A code that somebody asks for. */
export interface AskedCode {
  readonly person: string
  readonly address: string
  readonly clientAddress: string | null
  /** Whether the person brought a second factor from there before. */
  readonly isKnownPlace: boolean
  /** Code of the country of a phone number; undefined for e-mail. */
  readonly country: string | undefined
}

const HOUR_SECONDS = 3_600
const DAY_SECONDS = 86_400
/** Many people may sit behind one address. */
const NETWORK = { hour: 20, day: 60 }

/** So many in a window that begins at a full hour, or at midnight UTC. */
interface Bucket {
  readonly key: string
  readonly seconds: number
  readonly most: number
}

/**
 * One person, one address and one network each have a share; each SMS costs the owner of the service
 * (MF-21). Whoever learned a password has the share of strangers, so that its person still gets codes
 * where they are known (MF-10).
 */
function bucketsOf(asked: AskedCode, { factors }: Pick<MfaParts, 'factors'>): readonly Bucket[] {
  const { person, address, clientAddress, country } = asked
  const { codes_per_hour, codes_per_day, sms } = factors.settings
  const share = asked.isKnownPlace ? 'known' : 'strangers'
  const each = (key: string, hour: number, day: number): readonly Bucket[] => [
    { key: `${key} hour`, seconds: HOUR_SECONDS, most: hour },
    { key: `${key} day`, seconds: DAY_SECONDS, most: day },
  ]
  const network = clientAddress === null ? 'unknown' : addressBucket(clientAddress)
  return [
    ...each(`person ${person} ${share}`, codes_per_hour, codes_per_day),
    ...each(`address ${address.toLowerCase()} ${share}`, codes_per_hour, codes_per_day),
    ...each(`network ${network}`, NETWORK.hour, NETWORK.day),
    ...(country === undefined
      ? []
      : [
          { key: `country ${country}`, seconds: DAY_SECONDS, most: sms.most_per_country_per_day },
          { key: 'sms', seconds: DAY_SECONDS, most: sms.most_per_day },
        ]),
  ]
}

/** Rolls the counts back of a code that is not sent. */
class TooMany extends Error {
  readonly retryAfterSeconds: number

  constructor(retryAfterSeconds: number) {
    super('too many codes')
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/**
 * Counts a code before it is sent, exactly, over all processes. In a transaction of its own.
 * @returns seconds until another may be asked for; undefined when this one may be sent
 */
export async function countSend(
  parts: Pick<MfaParts, 'factors' | 'clock'> & { readonly platform: PlatformDb },
  asked: AskedCode,
): Promise<number | undefined> {
  const now = parts.clock.now()
  try {
    await parts.platform.transaction(async (tx) => {
      for (const bucket of bucketsOf(asked, parts)) await count(tx, bucket, now)
    })
    return undefined
  } catch (error) {
    if (error instanceof TooMany) return error.retryAfterSeconds
    throw error
  }
}

async function count(tx: PlatformTx, { key, seconds, most }: Bucket, now: number): Promise<void> {
  const window = seconds * 1_000
  const start = now - (now % window)
  const { rowCount } = await tx.query(
    `insert into plinth.mfa_sends as s (bucket_hash, window_start) values ($1, $2)
     on conflict (bucket_hash, window_start) do update set sent = s.sent + 1 where s.sent < $3`,
    [hashToken('mfa-code', `sent ${key}`), isoTime(start), most],
  )
  if (rowCount === 0) throw new TooMany(Math.ceil((start + window - now) / 1_000))
}
