import { defineEvents } from '../../audit/index.ts'

/** Why a refresh token gave nothing. */
export const REFRESH_FAULTS = [
  'unknown',
  'expired',
  'ended',
  'standing_changed',
  'second_factor_missing',
  'csrf',
] as const

/** One of {@link REFRESH_FAULTS}. */
export type RefreshFault = (typeof REFRESH_FAULTS)[number]

/** What the audit log keeps of refresh tokens. */
export const tokenEvents = defineEvents('authn', {
  token_refreshed: {},
  /** For a refresh, or to sign out; `malformed` can be no token of ours. */
  token_refused: { reasons: [...REFRESH_FAULTS, 'malformed'] },
  /** An old token came back after the grace: whoever has the sign-in, one of the two is a thief. */
  token_reuse: { reasons: ['refresh_token_replayed'] },
})
