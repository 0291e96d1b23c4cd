import type { Actor } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Attempt } from '../attempts/attempt-key.ts'
import type { Browser } from '../enter.ts'
import { holders } from '../passkeys/challenge.ts'
import type { AssertionAnswer } from '../passkeys/passkey-answers.ts'
import type { MintedSession } from '../sessions/mint-session.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import { reserveTry } from './challenges.repository.ts'
import { checkCode } from './check-code.ts'
import { confirmMethod } from './confirm-method.ts'
import { countTry, recordFault } from './count-try.ts'
import { hasFactor, holdPerson } from './factors.repository.ts'
import type { Fault, SignedInPerson } from './finish-sign-in.ts'
import { finishSignIn, Refused } from './finish-sign-in.ts'
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
  readonly browser: Browser
}

/** A code, or the answer of a passkey. */
export type FactorProof =
  | { readonly code: string; readonly method: string | undefined }
  | { readonly passkey: AssertionAnswer }

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
  if (await isOutrun(tx, person)) return { code: 'invalid_token', reason: 'challenge_void' }
  if (proof.method === undefined) return { code: 'unknown_method' }
  const first = { person, challenge: row.id, method: proof.method, code: proof.code, actor }
  const confirmed = await confirmMethod(parts, tx, first)
  if (confirmed.code === 'unknown') return { code: 'unknown_method' }
  return confirmed.code === 'enabled' ? { ...confirmed, code: 'proven' } : wrong
}

/**
 * Whether the person got a factor since the sign-in began to wait for their first one: from then on it is
 * asked for, and whoever learned the password alone does not add one of their own. Of two that set one
 * up at the same time the second sees what the first did.
 */
async function isOutrun(tx: PlatformTx, person: ChallengeRow['person_id']): Promise<boolean> {
  await holdPerson(tx, person)
  return hasFactor(tx, person)
}
