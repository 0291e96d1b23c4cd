import type { Actor } from '../../access/index.ts'
import { recordOutside } from '../../audit/index.ts'
import type { Id } from '../../kernel/index.ts'
import { passkeyCopied } from '../../notify/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { ChallengeHolder } from './challenge.ts'
import { takeChallenge } from './challenge.ts'
import { clientDataFault, readClientData } from './client-data.ts'
import type { AssertionAnswer } from './passkey-answers.ts'
import { tellOwner } from './passkey-notice.ts'
import type { PasskeyParts } from './passkey-parts.ts'
import { verificationOf } from './passkey-parts.ts'
import type { PasskeyFault } from './passkeys.events.ts'
import { passkeyEvents } from './passkeys.events.ts'
import type { KnownPasskey } from './passkeys.repository.ts'
import { findCredential, noteCounter } from './passkeys.repository.ts'
import { userHandle } from './user-handle.ts'
import { verifyAssertion } from './verify-assertion.ts'

/** An answer of a passkey, and to whom the question was put. */
export interface ProvePasskey extends ChallengeHolder {
  readonly answer: AssertionAnswer
  readonly actor: Actor
}

/** Whom a passkey proved, or why nobody. Callers see one sentence for all reasons. */
export type ProvenPasskey =
  | {
      readonly code: 'proven'
      readonly person: Id<'person'>
      readonly passkey: Id<'passkey'>
      /** Whether the device checked its holder: then it is two factors, else one. */
      readonly userVerified: boolean
    }
  | Refused

interface Refused {
  readonly code: 'refused'
  readonly reason: PasskeyFault
  readonly fault?: string
}

/** Judges an answer, and leaves a trace of one that was refused. */
export async function provePasskey(
  parts: PasskeyParts,
  claim: ProvePasskey,
): Promise<ProvenPasskey> {
  const judged = await judge(parts, claim)
  if (judged.code === 'proven') return judged
  const { reason, fault } = judged
  await recordOutside(
    parts.platform,
    claim.actor,
    passkeyEvents.used({
      outcome: 'denied',
      reason,
      ...(claim.person && { target: { type: 'person', id: claim.person } }),
      data: { use: claim.use, ...(fault !== undefined && { fault }) },
    }),
  )
  return judged
}

async function judge(parts: PasskeyParts, claim: ProvePasskey): Promise<ProvenPasskey> {
  const { platform, clock, party, settings } = parts
  const { answer } = claim
  const data = readClientData(answer.response.clientDataJSON)
  if (data === undefined) return refused('answer_malformed')
  const { challenge } = data
  if (!(await takeChallenge(platform, clock, { ...claim, challenge }))) {
    return refused('challenge_refused')
  }
  const fault = clientDataFault(data)
  if (fault !== undefined) return refused(fault)
  const passkey = await findCredential(platform, answer.id)
  if (passkey === undefined) return refused('passkey_unknown')
  if (!isTheirs(claim, passkey)) return refused('person_mismatch')
  const userVerification = verificationOf(settings, claim) === 'required'
  const verified = await verifyAssertion(answer, passkey, { party, challenge, userVerification })
  if (verified.code === 'refused') return verified
  if (!(await noteUse(parts, passkey, verified.counter))) return refused('counter_not_risen')
  const { person, id } = passkey
  return { code: 'proven', person, passkey: id, userVerified: verified.userVerified }
}

function refused(reason: PasskeyFault): Refused {
  return { code: 'refused', reason }
}

/** Where the device found the passkey by itself it says whose it is, and must (WebAuthn 7.2 step 6). */
function isTheirs({ person, answer }: ProvePasskey, passkey: KnownPasskey): boolean {
  if (person !== undefined && person !== passkey.person) return false
  const handle = answer.response.userHandle ?? undefined
  if (handle === undefined) return person !== undefined
  return handle === userHandle(passkey.person)
}

/** A counter that does not rise speaks for a copied key: nobody is let in, and its person is told. */
async function noteUse(
  parts: PasskeyParts,
  { id, person }: KnownPasskey,
  counter: number,
): Promise<boolean> {
  return parts.platform.transaction(async (tx) => {
    const now = isoTime(parts.clock.now())
    const rose = await noteCounter(tx, { id, counter, now })
    if (!rose) await tellOwner(parts, tx, passkeyCopied, { person, passkey: id, now })
    return rose
  })
}
