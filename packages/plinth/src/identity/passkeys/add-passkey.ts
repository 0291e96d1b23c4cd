import type { Actor } from '../../access/index.ts'
import { record, recordOutside } from '../../audit/index.ts'
import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { passkeyAdded } from '../../notify/index.ts'
import { countFactors, holdPerson } from '../mfa/factors.repository.ts'
import { renewRecoveryCodes } from '../mfa/recovery-codes.repository.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { takeChallenge } from './challenge.ts'
import { clientDataFault, readClientData } from './client-data.ts'
import type { RegistrationAnswer } from './passkey-answers.ts'
import { tellOwner } from './passkey-notice.ts'
import type { PasskeyParts } from './passkey-parts.ts'
import { verificationOf } from './passkey-parts.ts'
import type { PasskeyFault } from './passkeys.events.ts'
import { passkeyEvents } from './passkeys.events.ts'
import type { ShownPasskey } from './passkeys.repository.ts'
import { countPasskeys, insertPasskey } from './passkeys.repository.ts'
import type { NewKey } from './verify-registration.ts'
import { verifyRegistration } from './verify-registration.ts'

/** The answer of a device that made a passkey. */
export interface AddPasskey {
  readonly person: Id<'person'>
  readonly holder: string
  readonly answer: RegistrationAnswer
  /** What its person calls it. */
  readonly name: string
  readonly actor: Actor
}

/** A passkey, or why there is none. */
export type AddedPasskey =
  | {
      readonly code: 'added'
      readonly passkey: ShownPasskey
      /** Whether its person proved who they are with it: then it is two factors. */
      readonly userVerified: boolean
      /** Shown once, with the first factor; undefined for a person who has some. */
      readonly recoveryCodes: readonly string[] | undefined
    }
  | { readonly code: 'refused'; readonly reason: PasskeyFault; readonly fault?: string }

/** A passkey that may be kept, in a transaction of the caller's, or why not. */
export type CheckedPasskey =
  | { readonly code: 'checked'; keep(tx: PlatformTx): Promise<AddedPasskey> }
  | Extract<AddedPasskey, { readonly code: 'refused' }>

/** Adds a passkey, and leaves a trace of one that was refused. */
export async function addPasskey(parts: PasskeyParts, claim: AddPasskey): Promise<AddedPasskey> {
  const checked = await checkPasskey(parts, claim)
  if (checked.code === 'refused') return checked
  const added = await parts.platform.transaction(checked.keep)
  if (added.code === 'refused') await recordRefusal(parts, claim, added)
  return added
}

/** Judges a passkey before it is kept; the challenge is used up whatever comes of it. */
export async function checkPasskey(
  parts: PasskeyParts,
  claim: AddPasskey,
): Promise<CheckedPasskey> {
  const judged = await judge(parts, claim)
  if (judged.code === 'refused') await recordRefusal(parts, claim, judged)
  return judged
}

async function recordRefusal(
  { platform }: PasskeyParts,
  { name, actor }: AddPasskey,
  { reason, fault }: Extract<AddedPasskey, { readonly code: 'refused' }>,
): Promise<void> {
  const data = { name, ...(fault !== undefined && { fault }) }
  const event = passkeyEvents.added({ outcome: 'denied', reason, data })
  await recordOutside(platform, actor, event)
}

async function judge(parts: PasskeyParts, claim: AddPasskey): Promise<CheckedPasskey> {
  const { platform, clock, party, settings } = parts
  const { answer, person, holder } = claim
  const use = 'registration'
  const data = readClientData(answer.response.clientDataJSON)
  if (data === undefined) return { code: 'refused', reason: 'answer_malformed' }
  const { challenge } = data
  if (!(await takeChallenge(platform, clock, { use, person, holder, challenge }))) {
    return { code: 'refused', reason: 'challenge_refused' }
  }
  const fault = clientDataFault(data)
  if (fault !== undefined) return { code: 'refused', reason: fault }
  const userVerification = verificationOf(settings, { use }) === 'required'
  const verified = await verifyRegistration(answer, { party, challenge, userVerification })
  if (verified.code === 'refused') return verified
  const { key } = verified
  return { code: 'checked', keep: (tx) => keep(parts, tx, { claim, key }) }
}

async function keep(
  parts: PasskeyParts,
  tx: PlatformTx,
  { claim, key }: { readonly claim: AddPasskey; readonly key: NewKey },
): Promise<AddedPasskey> {
  const { person, name, actor } = claim
  const now = isoTime(parts.clock.now())
  // Two at once must not both find the last free place.
  await holdPerson(tx, person)
  if ((await countPasskeys(tx, person)) >= parts.settings.max_per_person) {
    return { code: 'refused', reason: 'too_many' }
  }
  const id = newId<'passkey'>(parts.clock)
  const passkey = await insertPasskey(tx, { ...key, id, person, name, now })
  if (passkey === undefined) return { code: 'refused', reason: 'passkey_taken' }
  await tellOwner(parts, tx, passkeyAdded, { person, passkey: id, now })
  const target = { type: 'passkey', id }
  await record(tx, actor, passkeyEvents.added({ outcome: 'success', target, data: { name } }))
  const { recovery_codes: left } = await countFactors(tx, person)
  const recoveryCodes = left > 0 ? undefined : await renewRecoveryCodes(tx, parts.clock, person)
  return { code: 'added', passkey, userVerified: key.userVerified, recoveryCodes }
}
