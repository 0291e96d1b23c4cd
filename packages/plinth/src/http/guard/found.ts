import type { Placement, Principal } from '../../access/index.ts'

const CREDENTIALS: ReadonlySet<unknown> = new Set(['cookie', 'bearer', 'api-key'])

/**
 * What `authenticate()` found: a principal, or nobody. A service may bring its own, also in plain
 * JavaScript: an error object or half a principal must never count as somebody (ASVS 16.5.3).
 * @throws TypeError for anything else
 */
export function principalOf(found: unknown): Principal | undefined {
  if (found === undefined || found === null) return undefined
  if (isPrincipal(found)) return found
  throw new TypeError('authenticate() answered something that is neither a principal nor nobody')
}

function isPrincipal(found: unknown): found is Principal {
  if (typeof found !== 'object' || found === null) return false
  const { person, permissions, credential } = found as Partial<Principal>
  if (typeof person !== 'string' || person === '' || !Array.isArray(permissions)) return false
  return CREDENTIALS.has(credential?.kind) && typeof credential?.id === 'string'
}

/**
 * Where `placeInTenant()` put a principal, or nowhere.
 * @throws TypeError for anything else
 */
export function placementOf(found: unknown): Placement | undefined {
  if (found === undefined || found === null) return undefined
  if (isPlacement(found)) return found
  throw new TypeError('placeInTenant() answered something that is no placement')
}

function isPlacement(found: unknown): found is Placement {
  if (typeof found !== 'object' || found === null) return false
  const { tenant, permissions } = found as Partial<Placement>
  return typeof tenant === 'string' && tenant !== '' && Array.isArray(permissions)
}
