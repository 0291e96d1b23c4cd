import type { SessionPrincipal, SessionRow } from './session.ts'

/**
 * The principal of a session. Frozen: one may serve many requests.
 * @param browserMatches whether the request comes from the kind of browser that signed in
 */
export function principalOf(row: SessionRow, browserMatches: boolean): SessionPrincipal {
  const held = row.tenant_id === null ? [] : (row.grants ?? [])
  return Object.freeze({
    person: row.person_id,
    name: row.name,
    email: row.email,
    tenant: row.tenant_id,
    tenantLost: row.tenant_id === null && row.session_tenant !== null,
    permissions: Object.freeze([...held]),
    platform: Object.freeze([...(row.platform ?? [])]),
    credential: Object.freeze({
      kind: 'cookie',
      id: row.id,
      authenticatedAt: Math.floor(Date.parse(row.authenticated_at) / 1_000),
      acr: row.acr,
      amr: Object.freeze([...row.amr]),
      session: row.id,
    }),
    givenName: row.given_name,
    familyName: row.family_name,
    tenantSlug: row.tenant_slug,
    tenantName: row.tenant_name,
    browserMatches,
  })
}
