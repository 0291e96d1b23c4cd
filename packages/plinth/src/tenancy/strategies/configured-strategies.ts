import type { TenancySettings } from '../tenancy.settings.ts'
import { HeaderTenantStrategy } from './header-tenant-strategy.ts'
import { JwtClaimTenantStrategy } from './jwt-claim-tenant-strategy.ts'
import { PathTenantStrategy } from './path-tenant-strategy.ts'
import { SubdomainTenantStrategy } from './subdomain-tenant-strategy.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/**
 * The strategies of a service, each once.
 * @param trustedProxies `app.trusted_proxies`
 */
export function configuredStrategies(
  settings: TenancySettings,
  trustedProxies: readonly string[],
): readonly TenantStrategy[] {
  if (settings.mode === 'none') return []
  return [...new Set(settings.strategies)].map((name) => made(name, settings, trustedProxies))
}

function made(
  name: TenancySettings['strategies'][number],
  settings: TenancySettings,
  trustedProxies: readonly string[],
): TenantStrategy {
  switch (name) {
    case 'header':
      return HeaderTenantStrategy(settings.header_name)
    case 'claim':
      return JwtClaimTenantStrategy(settings.claim_name)
    case 'path':
      return PathTenantStrategy()
    case 'subdomain':
      return SubdomainTenantStrategy(settings.base_domain ?? '', { trustedProxies })
  }
}

/** Whether paths are split before routing. */
export function splitsPaths({ mode, strategies }: TenancySettings): boolean {
  return mode !== 'none' && strategies.includes('path')
}
