import type { RouteOptions } from 'fastify'

/** Says that the path parameter `id` names the tenant in which a route works. */
export function aboutTenant(options: RouteOptions): RouteOptions {
  return { ...options, config: { ...options.config, tenantParam: 'id' } }
}
