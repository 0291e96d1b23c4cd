import type { Identity } from '../identity-deps.ts'

/** What the verbs of second factors need of identity. */
export type MfaParts = Pick<
  Identity,
  | 'platform'
  | 'clock'
  | 'app'
  | 'notify'
  | 'attempts'
  | 'enter'
  | 'factors'
  | 'fingerprints'
  | 'mint'
  | 'webauthn'
>
