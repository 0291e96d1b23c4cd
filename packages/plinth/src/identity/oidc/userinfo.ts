import type { Outbound } from '../../outbound/index.ts'
import type { Provider } from './provider.ts'
import type { IdTokenClaims } from './verify-id-token.ts'

/** Claims that signing in needs beside the subject. */
const WANTED = ['email', 'email_verified', 'given_name', 'family_name', 'name'] as const

/** Claims completed, or the one reason to refuse. */
export type Completed =
  | { readonly ok: true; readonly claims: IdTokenClaims }
  | { readonly ok: false; readonly fault: 'subject' }

/**
 * Adds what the ID token lacks from UserInfo, and asks only then. An endpoint that fails costs the
 * optional claims; one that speaks of another subject ends the sign-in (OpenID Connect Core 5.3.2).
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
  const more = await fetchUserInfo(outbound, provider, accessToken)
  if (more === undefined) return { ok: true, claims }
  if (more['sub'] !== claims.sub) return { ok: false, fault: 'subject' }
  const added = WANTED.filter((name) => claims[name] === undefined).map((name) => [
    name,
    more[name],
  ])
  return { ok: true, claims: { ...claims, ...Object.fromEntries(added) } }
}

function hasName(claims: IdTokenClaims): boolean {
  return claims['given_name'] !== undefined || claims['name'] !== undefined
}

/** The token goes in the header, never in the URL (RFC 6750 2.1). A signed answer is not asked for. */
async function fetchUserInfo(
  outbound: Outbound,
  provider: Provider,
  accessToken: string,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  try {
    const { userinfoEndpoint } = await provider.metadata()
    if (userinfoEndpoint === undefined) return undefined
    const headers = { authorization: `Bearer ${accessToken}` }
    const answer = await outbound.fetchJson({
      url: userinfoEndpoint,
      reach: provider.reach,
      headers,
      timeoutMs: 5_000,
    })
    const { json } = answer
    const isObject = typeof json === 'object' && json !== null && !Array.isArray(json)
    return answer.status === 200 && isObject ? { ...json } : undefined
  } catch {
    // Its reason is in the log of outbound calls; without these claims a person still can sign in.
    return undefined
  }
}
