import type { Clock } from '../../kernel/index.ts'
import type { Standings } from '../membership/standing-cache.ts'
import type { PermissionCatalogue } from './permission-catalogue.ts'

/** Everything that the routes of roles are given. */
export interface RolesDeps {
  readonly clock: Clock
  /** Told whose rights this process changed. */
  readonly standings: Pick<Standings, 'forget'>
  /** What the service declares; asked when a request needs it, as the service is complete then. */
  readonly catalogue: () => PermissionCatalogue
  /** `tenancy.member_permissions`: what every member holds. */
  readonly memberPermissions: readonly string[]
}
