import type { SignatureFault, SignedTokenRules } from '../tokens/signed-token.ts'
import { readSignedToken } from '../tokens/signed-token.ts'
import type { ClaimFault, ExpectedClaims } from './id-token-claims.ts'
import { claimFault } from './id-token-claims.ts'

/** What an ID token is held against, and where its keys are. */
export interface IdTokenChecks
  extends Omit<ExpectedClaims, 'algorithm'>,
    Pick<SignedTokenRules, 'algorithms' | 'findKeys'> {}

/** Why an ID token was refused; a stable code for log and audit. */
export type IdTokenFault = SignatureFault | ClaimFault

/** The claims of a verified ID token, or why there are none. */
export type VerifiedIdToken =
  | { readonly ok: true; readonly claims: IdTokenClaims }
  | { readonly ok: false; readonly fault: IdTokenFault }

/** Claims of a verified ID token: issuer and subject are checked, the rest is read claim by claim. */
export type IdTokenClaims = Readonly<Record<string, unknown>> & {
  readonly iss: string
  readonly sub: string
}

/** Most characters of an ID token; some carry hundreds of groups. */
const LONGEST = 16_384

/**
 * The only way from a text to the claims of an ID token (OpenID Connect Core 3.1.3.7): the signature
 * is always verified, also for a token that came over TLS from the token endpoint (ASVS 6.8.2), then
 * issuer, subject, audience, issue time, lifetime, `azp`, nonce and hashes.
 */
export async function verifyIdToken(text: string, checks: IdTokenChecks): Promise<VerifiedIdToken> {
  const token = await readSignedToken(text, { ...checks, types: ['jwt'], longest: LONGEST })
  if (!token.ok) return token
  const { claims, algorithm } = token
  const fault = claimFault(claims, { ...checks, algorithm })
  if (fault !== undefined) return { ok: false, fault }
  const { iss, sub } = claims
  if (typeof iss !== 'string' || typeof sub !== 'string') return { ok: false, fault: 'sub' }
  return { ok: true, claims: { ...claims, iss, sub } }
}
