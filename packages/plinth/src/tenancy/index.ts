export { eraseTenant } from './lifecycle/erase-tenant.ts'
export { exportLines } from './lifecycle/export-lines.ts'
export { findStanding } from './membership/find-standing.ts'
export type { Membership, Standing } from './membership/membership.ts'
export { grantsOf } from './membership/membership.ts'
export type { Standings } from './membership/standing-cache.ts'
export { createStandings } from './membership/standing-cache.ts'
export { createPersonalTenant } from './modes/create-personal-tenant.ts'
export { joinTheOneTenant } from './modes/the-one-tenant.ts'
export type { Welcome } from './modes/welcome.ts'
export { createWelcome } from './modes/welcome.ts'
export type { PlaceDeps, PlaceInTenant } from './place-in-tenant.ts'
export { createPlaceInTenant } from './place-in-tenant.ts'
export type {
  PlatformAdministrator,
  PlatformGrant,
  PlatformPerson,
} from './platform/platform-roles.ts'
export {
  findPlatformPerson,
  grantPlatformRole,
  listPlatformRoles,
  revokePlatformRole,
} from './platform/platform-roles.ts'
export type { TenantSettings } from './settings/tenant-settings.ts'
export { tenantSettings } from './settings/tenant-settings.ts'
export { configuredStrategies, splitsPaths } from './strategies/configured-strategies.ts'
export { HeaderTenantStrategy } from './strategies/header-tenant-strategy.ts'
export type { ClaimsOf } from './strategies/jwt-claim-tenant-strategy.ts'
export { JwtClaimTenantStrategy } from './strategies/jwt-claim-tenant-strategy.ts'
export { keepTenantPath } from './strategies/keep-tenant-path.ts'
export { PathTenantStrategy } from './strategies/path-tenant-strategy.ts'
export { splitTenantPath } from './strategies/split-tenant-path.ts'
export type { SubdomainOptions } from './strategies/subdomain-tenant-strategy.ts'
export { SubdomainTenantStrategy } from './strategies/subdomain-tenant-strategy.ts'
export type { TenantStrategy } from './strategies/tenant-strategy.ts'
export { tenancyProblems } from './tenancy.errors.ts'
export { tenancyEvents } from './tenancy.events.ts'
export type { TenancySettings } from './tenancy.settings.ts'
export { tenancySettings } from './tenancy.settings.ts'
export { tenancyTables } from './tenancy.tables.ts'
export type { TenancyDeps } from './tenancy-deps.ts'
export { tenancyFeature } from './tenancy-feature.ts'
export { assertSameTenant, TenantIsolationError } from './tenant-isolation-error.ts'
export type { TenantMiddlewareOptions } from './tenant-middleware.ts'
export { tenantMiddleware, tenantOf } from './tenant-middleware.ts'
export type { TenantName } from './tenant-name.ts'
export { isTenantName, tenantName } from './tenant-name.ts'
