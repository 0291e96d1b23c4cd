import type { Feature } from '../feature/index.ts'
import { feature } from '../feature/index.ts'
import { eraseTenantJob } from './lifecycle/erase-tenant.job.ts'
import { exportRoute } from './lifecycle/export-tenant.routes.ts'
import { memberRoutes } from './members/members.routes.ts'
import { platformTenantRoutes } from './platform/platform-tenants.routes.ts'
import { tenantSettingsRoutes } from './settings/tenant-settings.routes.ts'
import type { TenancyDeps } from './tenancy-deps.ts'
import { mayInTenant, mayOnPlatform } from './tenant-permissions.ts'
import { tenantRoutes } from './tenants/tenants.routes.ts'

/** Tenants as people and the platform look after them; nothing where nobody is to see any. */
export function tenancyFeature(deps: TenancyDeps): Feature {
  const { settings, tenantSettings } = deps
  const hidden = settings.mode === 'none'
  return feature('tenancy', {
    permissions: hidden ? [] : [mayInTenant, mayOnPlatform],
    routes: hidden
      ? []
      : [
          tenantRoutes(deps),
          memberRoutes(deps),
          ...(tenantSettings === undefined ? [] : [tenantSettingsRoutes(tenantSettings)]),
          exportRoute(deps),
          platformTenantRoutes(deps),
        ],
    jobs: [eraseTenantJob(deps)],
  })
}
