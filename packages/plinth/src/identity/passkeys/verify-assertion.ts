import type { AssertionAnswer } from './passkey-answers.ts'
import type { PasskeyFault } from './passkeys.events.ts'
import type { KnownPasskey } from './passkeys.repository.ts'
import type { RelyingParty } from './relying-party.ts'
import { faultOf } from './verify-registration.ts'

/** What a verified answer says. */
export interface VerifiedAssertion {
  readonly code: 'verified'
  readonly counter: number
  readonly userVerified: boolean
}

/** What the answer must fit. */
export interface AssertionRule {
  readonly party: RelyingParty
  readonly challenge: string
  readonly userVerification: boolean
}

/**
 * Verifies what a passkey answered (WebAuthn 7.2). Whether the counter rose is decided where it is
 * stored, by one statement: two answers at once must not both be the next.
 */
export async function verifyAssertion(
  answer: AssertionAnswer,
  passkey: KnownPasskey,
  { party, challenge, userVerification }: AssertionRule,
): Promise<VerifiedAssertion | { readonly code: 'refused'; reason: PasskeyFault; fault?: string }> {
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const { userHandle, ...response } = answer.response
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: {
        ...answer,
        response: { ...response, ...(typeof userHandle === 'string' && { userHandle }) },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      // Zero switches the library's own comparison off.
      credential: { id: passkey.credentialId, publicKey: passkey.publicKey, counter: 0 },
      requireUserVerification: false,
    })
    if (!verified) return { code: 'refused', reason: 'answer_refused', fault: 'signature' }
    const { newCounter: counter, userVerified } = authenticationInfo
    if (userVerification && !userVerified) return { code: 'refused', reason: 'user_not_verified' }
    return { code: 'verified', counter, userVerified }
  } catch (error) {
    return { code: 'refused', reason: 'answer_refused', fault: faultOf(error) }
  }
}
