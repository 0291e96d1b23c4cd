import type { PlatformTx } from '../../data/index.ts'
import type { Id } from '../../kernel/index.ts'
import type { SignedIn } from './mint-session.ts'

/**
 * With what somebody proved who they are, in the words of RFC 8176 where it has one: a password, a
 * code of an authenticator, a code by SMS or by mail, a recovery code, a passkey that verified its
 * holder, an identity provider, an identity provider that vouches for two factors, a browser that was
 * remembered after two.
 */
export type Amr = 'pwd' | 'otp' | 'sms' | 'mail' | 'recovery' | 'hwk' | 'fed' | 'mfa' | 'remembered'

/** What a sign-in lacks. */
export type Judgement =
  /** `remembered`: because the browser was remembered after two factors. */
  | { readonly code: 'enough'; readonly remembered?: true }
  /** One of the person's own factors must follow. */
  | { readonly code: 'second_factor' }
  /** A factor is demanded of the person, and they have none yet. */
  | { readonly code: 'enrolment' }

/** Whose proof is judged, and where they want to be. */
export interface JudgedProof {
  readonly person: Id<'person'>
  readonly tenant: Id<'tenant'> | null
  readonly amr: readonly string[]
  /** What a browser brings that was remembered after a second factor; undefined when it brings nothing. */
  readonly rememberedDevice: string | undefined
}

/** Decides whether what somebody proved is enough: asked by `mintSession`, before every new session. */
export interface SecondFactors {
  judge(tx: PlatformTx, proof: JudgedProof): Promise<Judgement>
}

/** Who signed in, as far as the gate is concerned. */
export function judgedProof({ person, tenant, amr, rememberedDevice }: SignedIn): JudgedProof {
  return { person, tenant, amr, rememberedDevice }
}
