import type { RouteOptions } from 'fastify'
import type { Identity } from '../identity-deps.ts'
import { challengeRoutes } from './challenge.routes.ts'
import { ownFactorRoutes } from './own-factors.routes.ts'
import { resetRoutes } from './reset.routes.ts'
import { stepUpRoutes } from './step-up.routes.ts'
import { tenantRuleRoutes } from './tenant-rule.routes.ts'

/** All routes of second factors. */
export function mfaRoutes(identity: Identity): readonly RouteOptions[] {
  return [
    ...challengeRoutes(identity),
    ...ownFactorRoutes(identity),
    ...stepUpRoutes(identity),
    // Where people see no tenants there is one rule, that of the service.
    ...(identity.tenancy.visible ? tenantRuleRoutes(identity) : []),
    ...resetRoutes(identity),
  ]
}
