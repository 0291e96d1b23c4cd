import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { Browser } from '../enter.ts'
import { enter } from '../enter.ts'
import { holdNames, isSignedOut } from '../logout/provider-sign-outs.repository.ts'
import { keyOfIdentity } from '../people/people.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import type { FactorFault } from './mfa.events.ts'
import { mfaEvents } from './mfa.events.ts'
import type { WaitingSignIn } from './mfa-challenges.ts'
import { withProof } from './mfa-challenges.ts'
import type { MfaParts } from './mfa-parts.ts'
import { rememberDevice } from './remembered-devices.repository.ts'
import { tellOfRecoveryCode } from './tell-person.ts'

/** A sign-in whose second factor was right. */
export interface ProvenSignIn {
  readonly row: ChallengeRow
  readonly waiting: WaitingSignIn
  /** To be taken off the count again. */
  readonly attempt: Attempt
  readonly amr: Amr
  /** Whether the browser shall need no second factor for a while. */
  readonly remember: boolean
  readonly actor: Actor
  readonly browser: Browser
}

/** Somebody who is in. */
export interface SignedInPerson {
  readonly session: MintedSession
  readonly person: Id<'person'>
  /** The cookie of a browser that is remembered from now on. */
  readonly device: string | undefined
}

/** Why a sign-in came to nothing although the factor was right. */
export interface Fault {
  readonly code: 'invalid_token' | 'wrong_code'
  readonly reason: FactorFault
}

/** Carries a fault out of the transaction, which takes everything back. */
export class Refused extends Error {
  readonly fault: Fault

  constructor(code: Fault['code'], reason: FactorFault) {
    super(reason)
    this.fault = { code, reason }
  }
}

/**
 * Lets somebody in whose second factor was right: the challenge is used up, and the same `enter` as at
 * every sign-in makes the session, so the gate judges what is there now.
 * @throws Refused, and nothing of the transaction stays
 */
export async function finishSignIn(
  parts: MfaParts,
  tx: PlatformTx,
  proven: ProvenSignIn,
): Promise<SignedInPerson> {
  const { row, waiting, attempt, amr, actor, browser } = proven
  const now = parts.clock.now()
  const used = await consume(tx, 'mfa_challenges', { id: row.id }, isoTime(now))
  if (used === undefined) throw new Refused('invalid_token', 'challenge_void')
  if (await isSignedOutSince(tx, waiting, row)) {
    throw new Refused('invalid_token', 'signed_out_meanwhile')
  }
  await parts.attempts.succeeded(tx, attempt)
  const arrival = { ...withProof(waiting, amr, now), actor, browser: fresh(browser) }
  const entered = await enter(parts.enter, tx, arrival)
  // A code by mail after a link by mail: the same thing twice is no second factor (MF-23).
  if (entered.code !== 'signed_in') throw new Refused('wrong_code', 'wrong_code')
  const { person } = waiting
  await noteProof(parts, tx, { person, actor, amr })
  return { session: entered.session, person, device: await remembered(parts, tx, proven) }
}

function fresh(browser: Browser): Browser {
  return { ...browser, rememberedDevice: undefined }
}

/** The provider may take its word back while somebody looks for their telephone. */
async function isSignedOutSince(
  tx: PlatformTx,
  { identity, provider, providerSession: sid }: WaitingSignIn,
  { created_at: since }: ChallengeRow,
): Promise<boolean> {
  if (identity === null) return false
  const key = await keyOfIdentity(tx, identity)
  if (key === undefined) return true
  const named = { provider, iss: key.issuer, sub: key.subject, sid }
  await holdNames(tx, named)
  return isSignedOut(tx, named, since)
}

async function noteProof(
  parts: MfaParts,
  tx: PlatformTx,
  { person, actor, amr }: { person: Id<'person'>; actor: Actor; amr: Amr },
): Promise<void> {
  const target = { type: 'person', id: person }
  const data = { amr, use: 'sign_in' }
  const own: Actor = { ...actor, kind: 'person', person }
  await record(tx, own, mfaEvents.proved({ outcome: 'success', target, data }))
  if (amr === 'recovery') await tellOfRecoveryCode(parts, tx, person)
}

async function remembered(
  { factors, clock }: MfaParts,
  tx: PlatformTx,
  { waiting, remember, actor, browser }: ProvenSignIn,
): Promise<string | undefined> {
  const { person, kind } = waiting
  const { remember_days: days } = factors.settings
  if (!remember || days === 0 || kind !== 'browser') return undefined
  const target = { type: 'person', id: person }
  const own: Actor = { ...actor, kind: 'person', person }
  await record(tx, own, mfaEvents.device_remembered({ outcome: 'success', target }))
  return rememberDevice(tx, clock, { person, days, userAgent: browser.userAgent })
}
