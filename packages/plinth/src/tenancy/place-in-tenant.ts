import type { Placement, Principal } from '../access/index.ts'

/** Where a principal stands: in the tenant that their credential names, with its grants there. */
export function placeInTenant(principal: Principal): Placement | undefined {
  const { tenant, permissions } = principal
  return tenant === null ? undefined : { tenant, permissions }
}
