import type { Feature } from '../../feature/index.ts'
import { feature } from '../../feature/index.ts'
import { permissionRoutes } from './permissions.routes.ts'
import { roleLinkRoutes } from './role-links.routes.ts'
import { mayRoles, roleDuties } from './role-permissions.ts'
import { roleRoutes } from './roles.routes.ts'
import type { RolesDeps } from './roles-deps.ts'

/** Roles of a tenant, what they give, and who has them; in every mode of tenancy. */
export function rolesFeature(deps: RolesDeps): Feature {
  return feature('roles', {
    permissions: [mayRoles, ...roleDuties],
    routes: [roleRoutes(deps), permissionRoutes(deps), roleLinkRoutes(deps)],
  })
}
