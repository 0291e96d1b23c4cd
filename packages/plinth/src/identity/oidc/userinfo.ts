import type { Outbound } from '../../outbound/index.ts'
import type { Provider } from './provider.ts'
import { askUserInfo } from './userinfo-endpoint.ts'
import type { IdTokenClaims } from './verify-id-token.ts'

/** Claims that signing in needs beside the subject. */
const WANTED = ['email', 'email_verified', 'given_name', 'family_name', 'name'] as const

/** Claims completed, or the one reason to refuse. */
export type Completed =
  | { readonly ok: true; readonly claims: IdTokenClaims }
  | { readonly ok: false; readonly fault: 'subject' | 'unsigned' | 'signature' }

/**
 * Adds what the ID token lacks from UserInfo, and asks only then. An endpoint that fails costs the
 * optional claims; one that speaks of another subject, or does not sign what it must, ends the
 * sign-in (OpenID Connect Core 5.3.2). Claims that lie elsewhere (`_claim_sources`) are not fetched.
 */
export async function completeClaims(
  outbound: Outbound,
  provider: Provider,
  signedIn: { readonly claims: IdTokenClaims; readonly accessToken: string },
): Promise<Completed> {
  const { claims, accessToken } = signedIn
  const lacksEmail = provider.scopes.includes('email') && claims['email'] === undefined
  const lacksName = provider.scopes.includes('profile') && !hasName(claims)
  if (!lacksEmail && !lacksName) return { ok: true, claims }
  const answer = await askUserInfo(outbound, provider, accessToken)
  if (answer.code === 'refused') return { ok: false, fault: answer.fault }
  if (answer.code === 'none') return { ok: true, claims }
  const { facts } = answer
  if (facts['sub'] !== claims.sub) return { ok: false, fault: 'subject' }
  const added = WANTED.filter((name) => isMissing(claims, name)).map((name) => [name, facts[name]])
  return { ok: true, claims: { ...claims, ...Object.fromEntries(added) } }
}

/** An address and its being verified come from one place: verified here says nothing of one from there. */
function isMissing(claims: IdTokenClaims, name: (typeof WANTED)[number]): boolean {
  return claims[name === 'email_verified' ? 'email' : name] === undefined
}

function hasName(claims: IdTokenClaims): boolean {
  return claims['given_name'] !== undefined || claims['name'] !== undefined
}
