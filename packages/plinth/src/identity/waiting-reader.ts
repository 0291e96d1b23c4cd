import type { Context } from '../feature/index.ts'
import type { Identity } from './identity-deps.ts'
import { findChallenge } from './mfa/challenges.repository.ts'
import type { ActiveMethod } from './mfa/factors.repository.ts'
import { usableMethods } from './mfa/factors.repository.ts'
import { offered, openWaiting, shownToken } from './mfa/mfa-challenges.ts'
import { maskedAddress } from './mfa/phone-country.ts'
import { challengeCookie } from './own-cookies.ts'

/** A factor that would do. */
export interface ShownWay {
  /** `totp`, `email`, `sms`, `passkey`, `recovery`. */
  readonly kind: string
  /** Of the method that a code is asked for; null where none is sent. */
  readonly id: string | null
  /** Where a code goes, in part. */
  readonly sentTo: string | null
}

/** A sign-in that waits for its second factor, as its own browser sees it. */
export interface ShownWaiting {
  /** Whether a factor is to be shown, or set up first. */
  readonly wants: 'factor' | 'enrolment'
  /** Factors that would do. */
  readonly ways: readonly ShownWay[]
  /** Days for which the browser can be remembered; 0 for never. */
  readonly rememberDays: number
}

/** Finds the sign-in that waits in this browser; undefined when there is none, or it is void. */
export type WaitingReader = (context: Context) => Promise<ShownWaiting | undefined>

/** For the page of second factors; the answer goes to `POST /auth/web/mfa`. */
export function waitingReader(identity: Identity): WaitingReader {
  const { platform, factors, mint } = identity
  return async (context) => {
    const token = challengeCookie(identity, context)
    if (token === undefined) return undefined
    const userAgent = context.request.headers['user-agent']
    const row = await findChallenge(platform, shownToken(identity, token, userAgent))
    const waiting = row && openWaiting(mint.secret, row)
    if (row === undefined || waiting === undefined) return undefined
    const { wants, person_id: person } = row
    const [kinds, methods] = await platform.transaction(async (tx) => [
      await offered(factors.offers, tx, { waiting, wants }),
      wants === 'factor' ? await usableMethods(tx, person) : [],
    ])
    const ways = kinds.map((kind) => shown(kind, methods))
    return { wants, ways, rememberDays: factors.settings.remember_days }
  }
}

function shown(kind: string, methods: readonly ActiveMethod[]): ShownWay {
  const method = methods.find((one) => one.kind === kind)
  const address = method?.address ?? null
  return { kind, id: method?.id ?? null, sentTo: address && maskedAddress(address) }
}
