import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import type { ChallengeHolder } from './challenge.ts'
import type { PasskeySettings } from './passkeys.settings.ts'
import type { RelyingParty } from './relying-party.ts'

/** What passkeys need. */
export interface PasskeyDeps {
  readonly settings: PasskeySettings
  readonly app: { readonly name: string; readonly base_url: string }
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly notify: Pick<Notify, 'mail'>
}

/** {@link PasskeyDeps} with the relying party that follows from them. */
export interface PasskeyParts extends PasskeyDeps {
  readonly party: RelyingParty
}

/**
 * How sure the device must be of its holder. Alone a passkey stands for two factors, the device and
 * what unlocks it; after a password it may stand for the device.
 */
export function verificationOf(
  { user_verification: wanted }: Pick<PasskeySettings, 'user_verification'>,
  { use }: Pick<ChallengeHolder, 'use'>,
): 'required' | 'preferred' {
  return use === 'sign_in' || use === 'step_up' ? 'required' : wanted
}
