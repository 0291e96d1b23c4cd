import type { RegistrationAnswer } from './passkey-answers.ts'
import type { PasskeyFault } from './passkeys.events.ts'
import type { RelyingParty } from './relying-party.ts'

/** What a verified device brought: a new public key. */
export interface NewKey {
  readonly credentialId: string
  readonly publicKey: Uint8Array
  readonly counter: number
  readonly transports: readonly string[]
  /** Whether the key may be on several devices: a synced passkey. */
  readonly synced: boolean
  /** Whether the device checked its holder when it made the key. */
  readonly userVerified: boolean
}

/** A new key, or why it is none. */
export type VerifiedRegistration =
  | { readonly code: 'verified'; readonly key: NewKey }
  | { readonly code: 'refused'; readonly reason: PasskeyFault; readonly fault?: string }

/** What the answer must fit. */
export interface RegistrationRule {
  readonly party: RelyingParty
  /** The challenge that was given out, from what the browser says it answers. */
  readonly challenge: string
  readonly userVerification: boolean
}

// EdDSA, ES256, RS256 (RFC 9053, RFC 8812); offered in this order.
export const ALGORITHMS = [-8, -7, -257]

/** Verifies what a device answered to a request for a new passkey (WebAuthn 7.1). */
export async function verifyRegistration(
  answer: RegistrationAnswer,
  { party, challenge, userVerification }: RegistrationRule,
): Promise<VerifiedRegistration> {
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const attestation = await attestationFault(answer.response.attestationObject)
  if (attestation !== undefined) return attestation
  try {
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: { ...answer, clientExtensionResults: {} },
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: false,
      supportedAlgorithmIDs: ALGORITHMS,
    })
    if (!verified) return { code: 'refused', reason: 'answer_refused' }
    const { credential, userVerified, credentialDeviceType } = registrationInfo
    if (credential.id !== answer.id) return { code: 'refused', reason: 'answer_malformed' }
    if (userVerification && !userVerified) return { code: 'refused', reason: 'user_not_verified' }
    const { id: credentialId, publicKey, counter } = credential
    const { transports } = answer.response
    const synced = credentialDeviceType === 'multiDevice'
    const key = { credentialId, publicKey, counter, transports, synced, userVerified }
    return { code: 'verified', key }
  } catch (error) {
    return { code: 'refused', reason: 'answer_refused', fault: faultOf(error) }
  }
}

/**
 * We ask for no attestation, so only none is taken, or one by the key itself. A chain of
 * certificates would be read, and addresses in it fetched, before anybody vouched for them.
 */
async function attestationFault(
  text: string,
): Promise<Extract<VerifiedRegistration, { code: 'refused' }> | undefined> {
  const { decodeAttestationObject } = await import('@simplewebauthn/server/helpers')
  try {
    const bytes = new Uint8Array(Buffer.from(text, 'base64url'))
    const object = decodeAttestationObject(bytes)
    const format = object.get('fmt')
    const isPlain = format === 'none' || (format === 'packed' && !object.get('attStmt').get('x5c'))
    if (isPlain) return undefined
    return { code: 'refused', reason: 'attestation_refused', fault: String(format).slice(0, 40) }
  } catch (error) {
    return { code: 'refused', reason: 'answer_malformed', fault: faultOf(error) }
  }
}

/** A library's words about a refusal, for the audit log; never for the caller. */
export function faultOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : 'unknown'
}
