import type { Actor } from '../../access/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { CheckedPasskey } from '../passkeys/add-passkey.ts'
import { holders } from '../passkeys/challenge.ts'
import type { RegistrationAnswer } from '../passkeys/passkey-answers.ts'
import { deviceName } from '../sessions/fingerprint.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { ChallengeRow } from './challenges.repository.ts'
import { confirmMethod } from './confirm-method.ts'
import { hasFactor, holdPerson } from './factors.repository.ts'
import type { Fault } from './finish-sign-in.ts'
import type { MfaParts } from './mfa-parts.ts'

/** A factor that proved a sign-in. */
export interface Proven {
  readonly code: 'proven'
  readonly amr: Amr
  /** Shown once, when the factor was set up on the way. */
  readonly recoveryCodes: readonly string[] | undefined
}

/** A passkey that was judged, and is kept only with the session that it leads to. */
export type NewPasskey = Extract<CheckedPasskey, { readonly code: 'checked' }>

/** Why a passkey did not end a sign-in; in which way, its own audit row says. */
export const PASSKEY_REFUSED: Fault = { code: 'wrong_code', reason: 'passkey_refused' }

const OUTRUN: Fault = { code: 'invalid_token', reason: 'challenge_void' }

/** Judges the answer of a device that made the first passkey; the question is used up with it. */
export async function checkNewPasskey(
  { webauthn }: MfaParts,
  { person_id: person, wants }: ChallengeRow,
  made: {
    readonly token: string
    readonly answer: RegistrationAnswer
    readonly userAgent: string | undefined
    readonly actor: Actor
  },
): Promise<NewPasskey | 'refused'> {
  if (webauthn === undefined || wants !== 'enrolment') return 'refused'
  const { token, answer, userAgent } = made
  const holder = holders.waitingSignIn(token)
  const actor: Actor = { ...made.actor, kind: 'person', person }
  const name = deviceName(userAgent)
  const checked = await webauthn.check({ person, holder, answer, name, actor })
  return checked.code === 'checked' ? checked : 'refused'
}

/** Keeps the first passkey of a person, in the transaction that lets them in. */
export async function enrolPasskey(
  tx: PlatformTx,
  { person_id: person }: ChallengeRow,
  made: NewPasskey,
): Promise<Proven | Fault> {
  if (await isOutrun(tx, person)) return OUTRUN
  const added = await made.keep(tx)
  if (added.code === 'refused') return PASSKEY_REFUSED
  return { code: 'proven', amr: 'hwk', recoveryCodes: added.recoveryCodes }
}

/** Makes the first method of a person count, by its first code. */
export async function enrolMethod(
  parts: MfaParts,
  tx: PlatformTx,
  typed: {
    readonly row: ChallengeRow
    readonly method: string | undefined
    readonly code: string
    readonly actor: Actor
  },
): Promise<Proven | Fault | { readonly code: 'unknown_method' }> {
  const { row, method, code, actor } = typed
  const { id: challenge, person_id: person } = row
  if (await isOutrun(tx, person)) return OUTRUN
  if (method === undefined) return { code: 'unknown_method' }
  const confirmed = await confirmMethod(parts, tx, { person, challenge, method, code, actor })
  if (confirmed.code === 'unknown') return { code: 'unknown_method' }
  if (confirmed.code === 'wrong_code') return { code: 'wrong_code', reason: 'wrong_code' }
  return { ...confirmed, code: 'proven' }
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
