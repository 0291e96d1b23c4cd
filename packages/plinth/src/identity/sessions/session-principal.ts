import { grantsOf } from '../../tenancy/index.ts'
import type { SessionPrincipal, SessionRow } from './session.ts'

/** How a session is used at the moment. */
export interface SessionUse {
  readonly browserMatches: boolean
  readonly inGrace: boolean
}

/** The principal of a session. Frozen: one may serve many requests. */
export function principalOf(row: SessionRow, use: SessionUse): SessionPrincipal {
  const isMember = row.tenant_id !== null && row.role !== null
  const held = isMember
    ? grantsOf({ role: row.role ?? '', permissions: row.permissions ?? [] })
    : []
  return Object.freeze({
    person: row.person_id,
    name: row.name,
    email: row.email,
    tenant: row.tenant_id,
    permissions: Object.freeze([...held]),
    credential: Object.freeze({
      kind: 'cookie',
      id: row.id,
      authenticatedAt: Math.floor(Date.parse(row.authenticated_at) / 1_000),
      acr: row.acr,
    }),
    givenName: row.given_name,
    familyName: row.family_name,
    tenantSlug: row.tenant_slug,
    tenantName: row.tenant_name,
    browserMatches: use.browserMatches,
    inGrace: use.inGrace,
  })
}
