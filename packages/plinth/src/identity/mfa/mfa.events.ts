import { z } from 'zod'
import { defineEvents } from '../../audit/index.ts'

/** Why a second factor was not taken. Stable codes: alerts are built on them. */
export const FACTOR_FAULTS = [
  'wrong_code',
  'wrong_password',
  'locked',
  'challenge_void',
  'passkey_refused',
  'signed_out_meanwhile',
] as const

/** One of {@link FACTOR_FAULTS}. */
export type FactorFault = (typeof FACTOR_FAULTS)[number]

const method = { kind: z.string() }

/** What the audit log keeps of second factors: never a code, never a secret. */
export const mfaEvents = defineEvents('mfa', {
  /** A second factor was taken, or not, at a sign-in or when somebody confirmed that it was them. */
  proved: { reasons: FACTOR_FAULTS, data: { amr: z.string(), use: z.string() } },
  /** A token that stands for no sign-in that waits, brought to what helps one on its way. */
  challenge_refused: { reasons: ['challenge_void'], data: { route: z.string() } },
  code_sent: { reasons: ['too_many'], data: method },
  set_up: { data: method },
  enabled: { reasons: ['wrong_code', 'taken', 'locked'], data: method },
  removed: { reasons: ['last_factor'], data: method },
  recovery_codes_renewed: {},
  device_remembered: {},
  devices_forgotten: { data: { devices: z.int() } },
  /** An administrator of the platform took all factors off somebody. */
  reset: { data: { because: z.string(), methods: z.int(), passkeys: z.int(), sessions: z.int() } },
  rule_changed: { data: { everybody: z.boolean(), roles: z.array(z.string()), sessions: z.int() } },
})
