import type { PlatformTx, Queryable } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import { addressOf } from '../linking/identities.repository.ts'
import type { Amr } from '../sessions/second-factors.ts'
import type { MethodKind } from './factors.repository.ts'
import { countFactors, usableMethods } from './factors.repository.ts'
import type { MfaSettings } from './mfa.settings.ts'

/** A way to prove a second factor. */
export type Way = MethodKind | 'passkey' | 'recovery'

/** What each way proves (RFC 8176). */
export const AMR_OF: Readonly<Record<Way, Amr>> = {
  totp: 'otp',
  sms: 'sms',
  email: 'mail',
  passkey: 'hwk',
  recovery: 'recovery',
}

/** Which ways there are. */
export interface Offers {
  /** Those that a person has. */
  owned(db: Queryable, person: Id<'person'>): Promise<readonly Way[]>
  /** Kinds of methods that they could set up. */
  toSetUp(tx: PlatformTx, person: Id<'person'>): Promise<readonly MethodKind[]>
  /** Those that somebody could begin with who has none, the best first. */
  firstOnes(tx: PlatformTx, person: Id<'person'>): Promise<readonly Way[]>
  /** Whether a kind is offered in this service at all. */
  offers(kind: MethodKind): boolean
}

/** What decides on the ways. */
export interface OfferDeps {
  readonly settings: Pick<MfaSettings, 'email_codes' | 'sms'>
  /** Whether SMS go anywhere: `notify.sms.adapter` is not off. */
  readonly sendsSms: boolean
  /** Whether there are passkeys. */
  readonly passkeys: boolean
}

/** The ways of a service. An authenticator app is always one: nobody is left with SMS alone (ASVS 6.6.1). */
export function createOffers({ settings, sendsSms, passkeys }: OfferDeps): Offers {
  const offers = (kind: MethodKind): boolean => {
    if (kind === 'email') return settings.email_codes
    return kind === 'totp' || (sendsSms && settings.sms.countries.length > 0)
  }
  const toSetUp: Offers['toSetUp'] = async (tx, person) => {
    const hasAddress = (await addressOf(tx, person)) !== undefined
    const kinds = (['totp', 'sms', 'email'] as const).filter(offers)
    return kinds.filter((kind) => kind !== 'email' || hasAddress)
  }
  return {
    offers,
    owned: async (db, person) => {
      const { passkeys: keys, recovery_codes: left } = await countFactors(db, person)
      const methods = (await usableMethods(db, person)).map(({ kind }) => kind).filter(offers)
      return [
        ...(keys > 0 ? (['passkey'] as const) : []),
        ...methods,
        ...(left > 0 ? (['recovery'] as const) : []),
      ]
    },
    toSetUp,
    firstOnes: async (tx, person) => [
      ...(passkeys ? (['passkey'] as const) : []),
      ...(await toSetUp(tx, person)),
    ],
  }
}
