import { z } from 'zod'
import { defineEvents } from '../audit/index.ts'

/** Why a sign-in failed. Stable codes: alerts are built on them. */
export const SIGN_IN_FAULTS = [
  'login_cookie_missing',
  'login_unknown',
  'login_expired',
  'other_browser',
  'other_callback',
  'provider_disabled',
  'provider_unavailable',
  'provider_error',
  'issuer_mismatch',
  'code_missing',
  'token_refused',
  'token_answer_invalid',
  'id_token_invalid',
  'userinfo_invalid',
  'person_disabled',
  'sign_in_too_old',
  'sign_in_too_weak',
  'other_person',
  'session_changed',
  'identity_taken',
  'signed_out_meanwhile',
  'unknown_name',
  'wrong_password',
  'locked',
  'must_change_password',
] as const

/** One of {@link SIGN_IN_FAULTS}. */
export type SignInFault = (typeof SIGN_IN_FAULTS)[number]

/** Why a logout token of a provider signed nobody out. */
export const LOGOUT_FAULTS = [
  'logout_token_missing',
  'logout_token_invalid',
  'logout_token_replayed',
  'provider_unavailable',
] as const

/** One of {@link LOGOUT_FAULTS}. */
export type LogoutFault = (typeof LOGOUT_FAULTS)[number]

/** What the audit log keeps of people who sign in and out. */
export const authEvents = defineEvents('auth', {
  sign_in: {
    reasons: SIGN_IN_FAULTS,
    data: {
      provider: z.string(),
      fault: z.string(),
      new_person: z.boolean(),
      new_device: z.boolean(),
      amr: z.array(z.string()),
    },
  },
  sign_out: {},
  /** Made for an account that came with an access token before it ever signed in. */
  provisioned: { data: { provider: z.string() } },
  backchannel_logout: {
    reasons: LOGOUT_FAULTS,
    data: { provider: z.string(), fault: z.string(), sessions: z.int() },
  },
})

/** What the audit log keeps of the accounts that a person signs in with. */
export const identityEvents = defineEvents('identity', {
  link_offered: { data: { provider: z.string() } },
  link_declined: { data: { provider: z.string() } },
  linked: { reasons: ['identity_taken', 'offer_gone'], data: { provider: z.string() } },
  unlinked: { reasons: ['last_identity'], data: { provider: z.string(), sessions: z.int() } },
})

/** What the audit log keeps of sessions. */
export const sessionEvents = defineEvents('session', {
  /** Ended by the person, from this or another of their sessions. */
  revoked: { data: { sessions: z.int() } },
  /** Ended by an administrator: all of one person, or all there are. */
  ended_for: { data: { sessions: z.int() } },
  ended_for_all: { data: { sessions: z.int() } },
  /** Ended because the person signed in once more than `sessions.max_per_person` allows. */
  displaced: {},
  rotated: {},
  use_after_rotate: { reasons: ['rotated_id_replayed'] },
  browser_changed: { reasons: ['other_browser'] },
  refresh_failed: { reasons: ['provider_refused', 'second_factor_missing'] },
})
