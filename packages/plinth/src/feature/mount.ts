import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../access/index.ts'
import type { TenantDemand } from './facts.ts'

/** Any Fastify plugin under one prefix and one access rule. */
export interface Mount {
  readonly kind: 'mount'
  readonly prefix: string
  readonly access: Access
  readonly tenant: TenantDemand
  readonly plugin: FastifyPluginAsync
}

/**
 * Gives a foreign Fastify plugin one rule for all that it registers.
 * @param prefix path under which its routes stand
 */
export function mount(
  prefix: `/${string}`,
  rule: { readonly access: Access; readonly tenant?: TenantDemand },
  plugin: FastifyPluginAsync,
): Mount {
  const tenant = rule.tenant ?? (rule.access.kind === 'can' ? 'required' : 'optional')
  return Object.freeze({ kind: 'mount', prefix, access: rule.access, tenant, plugin })
}
