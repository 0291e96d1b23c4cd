import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** Why a passkey was not added or did not prove anybody. Stable codes: alerts are built on them. */
export const PASSKEY_FAULTS = [
  /** Unknown, used before, expired, or of another purpose, person, session or browser. */
  'challenge_refused',
  'answer_malformed',
  /** Made in a frame of another site. */
  'cross_origin',
  /** Origin, relying party, type, presence or signature is wrong; the fault says which. */
  'answer_refused',
  'attestation_refused',
  'user_not_verified',
  'passkey_unknown',
  'person_mismatch',
  /** The counter did not rise: the key may have been copied. */
  'counter_not_risen',
  'passkey_taken',
  'too_many',
  'person_disabled',
] as const

/** One of {@link PASSKEY_FAULTS}. */
export type PasskeyFault = (typeof PASSKEY_FAULTS)[number]

const LAST = ['last_way_in', 'last_factor'] as const

/** What the audit log keeps of passkeys. */
export const passkeyEvents = defineEvents('passkey', {
  added: { reasons: PASSKEY_FAULTS, data: { name: z.string(), fault: z.string() } },
  used: { reasons: PASSKEY_FAULTS, data: { use: z.string(), fault: z.string() } },
  renamed: { data: { name: z.string() } },
  removed: { reasons: LAST, data: { name: z.string(), sessions: z.int() } },
})
