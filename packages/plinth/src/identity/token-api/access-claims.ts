import { FIRST_PARTY } from '../tokens/own/own-token-claims.ts'
import type { TokenSession } from './refresh-tokens.repository.ts'

/** More characters of permissions than this would make the token too large for a header. */
const LONGEST_SCOPES = 2_000

/**
 * What an access token of a person says beside whose it is: for clients that show or hide things by
 * it. What the person may do is asked of the database at each request, never of the token.
 */
export function accessClaims(session: TokenSession): Readonly<Record<string, unknown>> {
  const { role, grants, tenant_id: tenant, acr } = session
  const scopes = tenant === null ? [] : (grants ?? [])
  return {
    sid: session.session,
    client_id: FIRST_PARTY,
    auth_time: Math.floor(Date.parse(session.authenticated_at) / 1_000),
    ...(acr !== null && { acr }),
    ...(tenant !== null && { tenant_id: tenant }),
    roles: tenant === null || role === null ? [] : [role],
    ...(scopes.join(' ').length <= LONGEST_SCOPES && { scopes }),
  }
}
