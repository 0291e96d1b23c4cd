import { provesTwoFactors } from '../../../access/index.ts'
import type { PlatformDb } from '../../../data/index.ts'
import type { SecondFactors } from '../../sessions/second-factors.ts'
import type { SessionRow } from '../../sessions/session.ts'
import { sessionState } from '../../sessions/session.ts'
import { principalOf } from '../../sessions/session-principal.ts'
import { readTokenSession } from '../../sessions/sessions.repository.ts'
import type { OwnToken } from './own-token-claims.ts'
import type { TokenStanding } from './token-standing.ts'

/** What looking a session up takes. */
export interface SessionLookup {
  readonly platform: PlatformDb
  /** The gate that the session passed when it began. */
  readonly secondFactors: SecondFactors
}

/**
 * The person behind an access token, as their session stands now; undefined when it is over, is not
 * theirs, lacks a second factor that a new right demands, or the key that signed was taken back.
 */
export async function sessionPrincipal(
  deps: SessionLookup,
  token: OwnToken & { readonly of: 'session' },
  nowMs: number,
): Promise<TokenStanding | undefined> {
  const row = await readTokenSession(deps.platform, token)
  if (row === undefined || row.person_id !== token.person) return undefined
  if (sessionState(row, nowMs) !== 'live') return undefined
  if (row.rights_changed && (await lacksFactor(deps, row))) return undefined
  return {
    principal: bearerOf(row, token),
    untilMs: Math.min(Date.parse(row.expires_at), Date.parse(row.absolute_expires_at)),
    subjects: [
      `person ${row.person_id}`,
      ...(row.session_tenant === null ? [] : [`tenant ${row.session_tenant}`]),
    ],
  }
}

/** A cookie's session gets a new id when its rights change, and is judged with it; a token has none to get. */
async function lacksFactor(
  { platform, secondFactors }: SessionLookup,
  { person_id: person, tenant_id: tenant, amr }: SessionRow,
): Promise<boolean> {
  if (provesTwoFactors(amr)) return false
  const proof = { person, tenant, amr, rememberedDevice: undefined }
  const judged = await platform.transaction((tx) => secondFactors.judge(tx, proof))
  return judged.code !== 'enough'
}

/** A token is no cookie: no browser sends it by itself, so that it needs no proof of where it comes from. */
function bearerOf(row: SessionRow, token: OwnToken) {
  const { person, name, email, tenant, tenantLost, permissions, platform, credential } =
    principalOf(row, true)
  return Object.freeze({
    person,
    name,
    ...(email !== undefined && { email }),
    tenant,
    ...(tenantLost !== undefined && { tenantLost }),
    permissions,
    ...(platform !== undefined && { platform }),
    credential: Object.freeze({ ...credential, kind: 'bearer' as const, id: token.jti }),
  })
}
