import type { AnyEntity, Database } from '../data/index.ts'
import type { Clock } from '../kernel/index.ts'
import type { Standings } from './membership/standing-cache.ts'
import type { PermissionCatalogue } from './roles/permission-catalogue.ts'
import type { TenantSettings } from './settings/tenant-settings.ts'
import type { TenancySettings } from './tenancy.settings.ts'

/** Everything that the routes of tenants are given. */
export interface TenancyDeps {
  readonly settings: TenancySettings
  readonly database: Database
  readonly clock: Clock
  /** Told of what this process changes. */
  readonly standings: Pick<Standings, 'forget'>
  /** What the service declares; asked when a request needs it. */
  readonly catalogue: () => PermissionCatalogue
  /** The entities of the service: what an export leaves out and blacks out is declared there. */
  readonly entities: readonly AnyEntity[]
  /** What each tenant may set for itself; undefined when the service declares nothing. */
  readonly tenantSettings?: TenantSettings | undefined
}
