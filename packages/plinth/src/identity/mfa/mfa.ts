import type { KeyObject } from 'node:crypto'
import type { Clock, Secret } from '../../kernel/index.ts'
import { deriveKey } from '../../kernel/index.ts'
import type { Notify } from '../../notify/index.ts'
import type { Challenges } from '../enter.ts'
import type { Fingerprints } from '../sessions/fingerprint.ts'
import type { SecondFactors } from '../sessions/second-factors.ts'
import type { MfaSettings } from './mfa.settings.ts'
import { createChallenges } from './mfa-challenges.ts'
import type { Offers } from './offers.ts'
import { createOffers } from './offers.ts'
import { createSecondFactors } from './second-factor-gate.ts'
import type { SecretKeys } from './secret-keys.ts'
import { secretKeys } from './secret-keys.ts'

/** What second factors are made from. */
export interface MfaDeps {
  readonly settings: MfaSettings
  readonly clock: Clock
  /** `app.session_signing_secret`. */
  readonly secret: Secret
  readonly fingerprints: Fingerprints
  readonly notify: Pick<Notify, 'sendsSms'>
  /** Whether people can have passkeys. */
  readonly passkeys: boolean
}

/** What all parts of second factors share. */
export interface Mfa {
  readonly settings: MfaSettings
  readonly keys: SecretKeys
  /** Under which codes that are sent are hashed. */
  readonly codeKey: KeyObject
  readonly offers: Offers
  /** The gate that `mintSession` asks. */
  readonly gate: SecondFactors
  /** Keeps sign-ins that wait for a factor. */
  readonly challenges: Challenges
}

/** Puts second factors together. */
export function createMfa(deps: MfaDeps): Mfa {
  const { settings, clock, secret, fingerprints, notify, passkeys } = deps
  const offers = createOffers({ settings, sendsSms: notify.sendsSms, passkeys })
  return {
    settings,
    keys: secretKeys(settings.encryption_key ?? secret, settings.former_encryption_key),
    codeKey: deriveKey(secret, 'mfa-code'),
    offers,
    gate: createSecondFactors({ clock, settings }),
    challenges: createChallenges({
      clock,
      secret,
      fingerprints,
      challengeSeconds: settings.challenge_seconds,
      offers,
    }),
  }
}
