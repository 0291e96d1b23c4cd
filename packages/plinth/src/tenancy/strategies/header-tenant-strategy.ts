import { tenancyProblems } from '../tenancy.errors.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/**
 * The tenant by a header of its own. Sent twice, Node joins the values with a comma, which no name
 * of a tenant holds.
 * @param header name of the header, in any case
 */
export function HeaderTenantStrategy(header = 'X-Tenant-ID'): TenantStrategy {
  const name = header.toLowerCase()
  return {
    name: 'header',
    find: ({ headers }) => headers[name],
    malformed: tenancyProblems.malformed,
  }
}
