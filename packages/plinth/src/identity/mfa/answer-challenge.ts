import type { Actor } from '../../access/index.ts'
import { record } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { Browser } from '../enter.ts'
import { enter } from '../enter.ts'
import { holdNames, isSignedOut } from '../logout/provider-sign-outs.repository.ts'
import { holders } from '../passkeys/challenge.ts'
import type { AssertionAnswer } from '../passkeys/passkey-answers.ts'
import { keyOfIdentity } from '../people/people.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import { reserveTry } from './challenges.repository.ts'
import { checkCode } from './check-code.ts'
import { confirmMethod } from './confirm-method.ts'
import { countTry, recordFault } from './count-try.ts'
import type { FactorFault } from './mfa.events.ts'
import { mfaEvents } from './mfa.events.ts'
import type { WaitingSignIn } from './mfa-challenges.ts'
import { openWaiting, shownToken, withProof } from './mfa-challenges.ts'
import type { MfaParts } from './mfa-parts.ts'
import { rememberDevice } from './remembered-devices.repository.ts'
import { tellOfRecoveryCode } from './tell-person.ts'

/** What somebody brings to a sign-in that waits. */
export interface ChallengeAnswer {
  readonly token: string
  /** Whether a browser or a client with tokens waits: one does not finish what the other began. */
  readonly kind: WaitingSignIn['kind']
  readonly proof: FactorProof
  /** Whether the browser shall need no second factor for a while. */
  readonly remember: boolean
  readonly actor: Actor
  readonly browser: Browser
}

/** A code, or the answer of a passkey. */
export type FactorProof =
  | { readonly code: string; readonly method: string | undefined }
  | { readonly passkey: AssertionAnswer }

/** What comes of it. */
export type Answered =
  | {
      readonly code: 'signed_in'
      readonly session: MintedSession
      readonly person: Id<'person'>
      /** The cookie of a browser that is remembered from now on. */
      readonly device: string | undefined
      readonly recoveryCodes: readonly string[] | undefined
    }
  | { readonly code: 'invalid_token' }
  | { readonly code: 'wrong_code' }
  | { readonly code: 'unknown_method' }
  | { readonly code: 'locked'; readonly retryAfterSeconds: number }

type SignedInBy = Extract<Answered, { readonly code: 'signed_in' }>

/**
 * Finishes a sign-in with its second factor. The try is counted for the challenge and for the person
 * before the factor is looked at; then factor, challenge and session are used up and made together,
 * through the same `enter` as every sign-in, so the gate judges once more.
 * @param also what else joins the transaction once there is a session
 */
export async function answerChallenge<T>(
  parts: MfaParts,
  answer: ChallengeAnswer,
  also: (tx: PlatformTx, session: MintedSession) => Promise<T>,
): Promise<Exclude<Answered, SignedInBy> | (SignedInBy & { readonly more: T })> {
  const { actor, browser } = answer
  const use = 'sign_in'
  const row = await reserveTry(parts.platform, shownToken(parts, answer.token, browser.userAgent))
  const waiting = row && openWaiting(parts.mint.secret, row)
  if (row === undefined || waiting?.kind !== answer.kind) {
    const person = row?.person_id ?? null
    await recordFault(parts, person, { actor, use, reason: 'challenge_void' })
    return { code: 'invalid_token' }
  }
  const counted = await countTry(parts, row.person_id, { actor, use })
  if (counted.code === 'locked') return counted
  const finish = { answer, row, waiting, attempt: counted.attempt }
  const done = await complete(parts, finish, also)
  if (done.code === 'signed_in' || done.code === 'unknown_method') return done
  await recordFault(parts, row.person_id, { actor, use, reason: done.reason })
  return { code: done.code }
}

interface Finish {
  readonly answer: ChallengeAnswer
  readonly row: ChallengeRow
  readonly waiting: WaitingSignIn
  readonly attempt: Attempt
}

interface Fault {
  readonly code: 'invalid_token' | 'wrong_code'
  readonly reason: FactorFault
}

/** Carries a refusal out of the transaction, which takes everything back. */
class Refused extends Error {
  readonly fault: Fault

  constructor(code: Fault['code'], reason: FactorFault) {
    super(reason)
    this.fault = { code, reason }
  }
}

async function complete<T>(
  parts: MfaParts,
  finish: Finish,
  also: (tx: PlatformTx, session: MintedSession) => Promise<T>,
): Promise<(SignedInBy & { readonly more: T }) | Fault | { readonly code: 'unknown_method' }> {
  const passkey = await provePasskey(parts, finish)
  if (passkey === 'refused') return { code: 'wrong_code', reason: 'passkey_refused' }
  try {
    return await parts.platform.transaction(async (tx) => {
      const proven = passkey ?? (await prove(parts, tx, finish))
      if (proven.code !== 'proven') return proven
      const signedIn = await letIn(parts, tx, { ...finish, proven })
      return { ...signedIn, more: await also(tx, signedIn.session) }
    })
  } catch (error) {
    if (error instanceof Refused) return error.fault
    throw error
  }
}

interface Proven {
  readonly code: 'proven'
  readonly amr: Amr
  readonly recoveryCodes: readonly string[] | undefined
}

/** In transactions of its own: a passkey's challenge is used up whatever comes of it. */
async function provePasskey(
  { webauthn }: MfaParts,
  { answer, row }: Finish,
): Promise<Proven | 'refused' | undefined> {
  const { proof, token, actor } = answer
  if (!('passkey' in proof)) return undefined
  if (webauthn === undefined || row.wants !== 'factor') return 'refused'
  const holder = holders.waitingSignIn(token)
  const claim = { use: 'second_factor', person: row.person_id, holder, actor } as const
  const { code } = await webauthn.prove({ ...claim, answer: proof.passkey })
  return code === 'proven' ? { code, amr: 'hwk', recoveryCodes: undefined } : 'refused'
}

async function prove(
  parts: MfaParts,
  tx: PlatformTx,
  { answer, row }: Finish,
): Promise<Proven | Fault | { readonly code: 'unknown_method' }> {
  const { proof, actor } = answer
  const wrong: Fault = { code: 'wrong_code', reason: 'wrong_code' }
  if (!('code' in proof)) return wrong
  const person = row.person_id
  if (row.wants === 'factor') {
    const typed = { ...proof, person, scope: { challenge: row.id } }
    const right = await checkCode(parts, tx, typed)
    return right === undefined
      ? wrong
      : { code: 'proven', amr: right.amr, recoveryCodes: undefined }
  }
  if (proof.method === undefined) return { code: 'unknown_method' }
  const first = { person, challenge: row.id, method: proof.method, code: proof.code, actor }
  const confirmed = await confirmMethod(parts, tx, first)
  if (confirmed.code === 'unknown') return { code: 'unknown_method' }
  return confirmed.code === 'enabled' ? { ...confirmed, code: 'proven' } : wrong
}

async function letIn(
  parts: MfaParts,
  tx: PlatformTx,
  { answer, row, waiting, attempt, proven }: Finish & { readonly proven: Proven },
): Promise<SignedInBy> {
  const { actor, browser } = answer
  const now = parts.clock.now()
  const used = await consume(tx, 'mfa_challenges', { id: row.id }, isoTime(now))
  if (used === undefined) throw new Refused('invalid_token', 'challenge_void')
  if (await isSignedOutSince(tx, waiting, row)) {
    throw new Refused('invalid_token', 'signed_out_meanwhile')
  }
  await parts.attempts.succeeded(tx, attempt)
  const arrival = { ...withProof(waiting, proven.amr, now), actor, browser: fresh(browser) }
  const entered = await enter(parts.enter, tx, arrival)
  // A code by mail after a link by mail: the same thing twice is no second factor (MF-23).
  if (entered.code !== 'signed_in') throw new Refused('wrong_code', 'wrong_code')
  const { person } = waiting
  await noteProof(parts, tx, { person, actor, amr: proven.amr })
  const device = await remembered(parts, tx, { answer, person })
  const { session } = entered
  return { code: 'signed_in', session, person, device, recoveryCodes: proven.recoveryCodes }
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
  { answer, person }: { readonly answer: ChallengeAnswer; readonly person: Id<'person'> },
): Promise<string | undefined> {
  const { remember, kind, actor, browser } = answer
  const { remember_days: days } = factors.settings
  if (!remember || days === 0 || kind !== 'browser') return undefined
  const target = { type: 'person', id: person }
  const own: Actor = { ...actor, kind: 'person', person }
  await record(tx, own, mfaEvents.device_remembered({ outcome: 'success', target }))
  return rememberDevice(tx, clock, { person, days, userAgent: browser.userAgent })
}
