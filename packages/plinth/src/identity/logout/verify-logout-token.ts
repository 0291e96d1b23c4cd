import type { Provider } from '../oidc/provider.ts'
import type { SignatureFault } from '../tokens/signed-token.ts'
import { readSignedToken } from '../tokens/signed-token.ts'
import type { LogoutClaimFault, LogoutClaims } from './logout-token-claims.ts'
import { isOtherToken, readLogoutClaims } from './logout-token-claims.ts'

/** Why a logout token was refused; a stable code for log and audit. */
export type LogoutTokenFault = SignatureFault | LogoutClaimFault

/** The claims of a verified logout token, or why there are none; `keys` when none can be had. */
export type VerifiedLogoutToken =
  | { readonly ok: true; readonly claims: LogoutClaims }
  | { readonly ok: false; readonly fault: LogoutTokenFault | 'keys' }

/** Most characters of a logout token; it names one session, so it is small. */
const LONGEST = 8_192

const TYPED: readonly string[] = ['logout+jwt']
const UNTYPED: readonly string[] = [...TYPED, 'jwt']

/**
 * The only way from a text to the claims of a logout token: signed by this provider, of the type
 * `logout+jwt` and of no other (ASVS V10.5.5). The specification only recommends that type, so the
 * settings of an older provider may do without it; then what the claims hold and lack decides. An
 * ID token never passes here, and a logout token passes nowhere else (RP-116, JW-23, RFC 8725 3.11).
 */
export async function verifyLogoutToken(
  provider: Provider,
  text: string,
  nowSeconds: number,
): Promise<VerifiedLogoutToken> {
  const { isIssuer, clientId, algorithms, untypedLogoutTokens } = provider
  const rules = {
    algorithms,
    findKeys: provider.keys.find,
    types: untypedLogoutTokens ? UNTYPED : TYPED,
    longest: LONGEST,
  }
  const token = await readSignedToken(text, rules).catch(() => undefined)
  if (token === undefined) return { ok: false, fault: 'keys' }
  if (!token.ok) return token
  const isMistakable = untypedLogoutTokens ? isOtherToken(token.claims) : !token.header['typ']
  if (isMistakable) return { ok: false, fault: 'typ' }
  return readLogoutClaims(token.claims, { isIssuer, clientId, nowSeconds })
}
