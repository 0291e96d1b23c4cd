import type { Actor } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { AccountShare } from '../attempts/attempts.ts'
import type { Browser } from '../enter.ts'
import { holders } from '../passkeys/challenge.ts'
import type { AssertionAnswer, RegistrationAnswer } from '../passkeys/passkey-answers.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import { reserveTry } from './challenges.repository.ts'
import { checkCode } from './check-code.ts'
import { countTry, recordFault } from './count-try.ts'
import type { Fault, SignedInPerson } from './finish-sign-in.ts'
import { finishSignIn, Refused } from './finish-sign-in.ts'
import type { Proven } from './first-factor.ts'
import { checkNewPasskey, enrolMethod, enrolPasskey, PASSKEY_REFUSED } from './first-factor.ts'
import type { WaitingSignIn } from './mfa-challenges.ts'
import { openWaiting, shownToken } from './mfa-challenges.ts'
import type { MfaParts } from './mfa-parts.ts'

/** What somebody brings to a sign-in that waits. */
export interface ChallengeAnswer {
  readonly token: string
  /** Whether a browser or a client with tokens waits: one does not finish what the other began. */
  readonly kind: WaitingSignIn['kind']
  readonly proof: FactorProof
  /** Whether the browser shall need no second factor for a while. */
  readonly remember: boolean
  readonly actor: Actor
  readonly share: AccountShare
  readonly browser: Browser
}

/** A code, the answer of a passkey, or that of a device which made the first one. */
export type FactorProof =
  | TypedProof
  | { readonly passkey: AssertionAnswer }
  | { readonly newPasskey: RegistrationAnswer }

interface TypedProof {
  readonly code: string
  readonly method: string | undefined
}

/** What comes of it. */
export type Answered =
  | (SignedInPerson & {
      readonly code: 'signed_in'
      /** Shown once, when the factor was set up on the way. */
      readonly recoveryCodes: readonly string[] | undefined
    })
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
  const counted = await countTry(parts, row.person_id, { actor, use, share: answer.share })
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

async function complete<T>(
  parts: MfaParts,
  finish: Finish,
  also: (tx: PlatformTx, session: MintedSession) => Promise<T>,
): Promise<(SignedInBy & { readonly more: T }) | Fault | { readonly code: 'unknown_method' }> {
  const prove = await prover(parts, finish)
  if (prove === 'refused') return PASSKEY_REFUSED
  try {
    return await parts.platform.transaction(async (tx) => {
      const proven = await prove(tx)
      if (proven.code !== 'proven') return proven
      const { amr, recoveryCodes } = proven
      const signedIn = await finishSignIn(parts, tx, { ...finish, ...finish.answer, amr })
      const more = await also(tx, signedIn.session)
      return { code: 'signed_in', ...signedIn, recoveryCodes, more }
    })
  } catch (error) {
    if (error instanceof Refused) return error.fault
    throw error
  }
}

type Prove = (tx: PlatformTx) => Promise<Proven | Fault | { readonly code: 'unknown_method' }>

/** What a passkey says is judged in transactions of its own: its question is used up whatever comes of it. */
async function prover(parts: MfaParts, finish: Finish): Promise<Prove | 'refused'> {
  const { answer, row } = finish
  const { proof, token, actor, browser } = answer
  if ('passkey' in proof) {
    const proven = await provePasskey(parts, finish, proof.passkey)
    return proven === 'refused' ? proven : async () => proven
  }
  if ('newPasskey' in proof) {
    const { userAgent } = browser
    const brought = { token, answer: proof.newPasskey, userAgent, actor }
    const made = await checkNewPasskey(parts, row, brought)
    return made === 'refused' ? made : (tx) => enrolPasskey(tx, row, made)
  }
  if (row.wants === 'enrolment') return (tx) => enrolMethod(parts, tx, { ...proof, row, actor })
  return (tx) => proveCode(parts, tx, { row, proof })
}

async function provePasskey(
  { webauthn }: MfaParts,
  { answer: { token, actor }, row }: Finish,
  answer: AssertionAnswer,
): Promise<Proven | 'refused'> {
  if (webauthn === undefined || row.wants !== 'factor') return 'refused'
  const holder = holders.waitingSignIn(token)
  const claim = { use: 'second_factor', person: row.person_id, holder, actor } as const
  const { code } = await webauthn.prove({ ...claim, answer })
  return code === 'proven' ? { code, amr: 'hwk', recoveryCodes: undefined } : 'refused'
}

async function proveCode(
  parts: MfaParts,
  tx: PlatformTx,
  { row, proof }: { readonly row: ChallengeRow; readonly proof: TypedProof },
): Promise<Proven | Fault> {
  const typed = { ...proof, person: row.person_id, scope: { challenge: row.id } }
  const right = await checkCode(parts, tx, typed)
  if (right === undefined) return { code: 'wrong_code', reason: 'wrong_code' }
  return { code: 'proven', amr: right.amr, recoveryCodes: undefined }
}
