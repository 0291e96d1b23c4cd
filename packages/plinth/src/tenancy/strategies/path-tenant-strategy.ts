import { tenancyProblems } from '../tenancy.errors.ts'
import { pathTenant } from './split-tenant-path.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/**
 * The tenant by the path: `/t/acme/products`. On a server that is not Plinth's own give Fastify the
 * option `rewriteUrl: splitTenantPath`; without it no path names a tenant.
 */
export function PathTenantStrategy(): TenantStrategy {
  return {
    name: 'path',
    find: ({ raw }) => pathTenant(raw),
    malformed: tenancyProblems.malformed,
  }
}
