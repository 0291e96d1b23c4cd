import { isGrant, narrow } from '../../../access/index.ts'
import type { JwtSettings } from '../jwt.settings.ts'
import type { AccessToken } from '../verify-access-token.ts'

/**
 * What a token was given of what its person may do: its own scopes, and those that its roles and
 * groups stand for. Scopes of other services, `openid` among them, say nothing here.
 * @returns scopes to narrow grants by; undefined where settings leave a token without any as it is
 */
export function scopesOfToken(
  { scopes, roles }: Pick<AccessToken, 'scopes' | 'roles'>,
  {
    role_scopes: ofRole,
    without_scopes: without,
  }: Pick<JwtSettings, 'role_scopes' | 'without_scopes'>,
): readonly string[] | undefined {
  const own = scopes.filter(isGrant)
  const byRole = roles.flatMap((role) => (Object.hasOwn(ofRole, role) ? (ofRole[role] ?? []) : []))
  const all = [...new Set([...own, ...byRole])]
  return all.length === 0 && without === 'everything' ? undefined : all
}

/** Grants as far as a token reaches. */
export function reachOf(grants: readonly string[], scopes: readonly string[] | undefined) {
  return scopes === undefined ? grants : narrow(grants, scopes)
}
