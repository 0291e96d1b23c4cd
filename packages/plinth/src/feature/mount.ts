import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../access/index.ts'
import { tellDeclared } from './declared.ts'
import type { TenantDemand } from './facts.ts'
import type { RouteLimit } from './route-limit.ts'
import { requireLimit } from './route-limit.ts'

/** Any Fastify plugin under one prefix and one access rule. */
export interface Mount {
  readonly kind: 'mount'
  readonly prefix: string
  readonly access: Access
  readonly tenant: TenantDemand
  /** The credential is not looked at. */
  readonly anonymous: boolean
  /** How often each of its routes may be called. */
  readonly limit: RouteLimit | undefined
  readonly plugin: FastifyPluginAsync
}

/** Who may call what a mounted plugin registers. */
export interface MountRule {
  readonly access: Access
  readonly tenant?: TenantDemand
  /** For `open` plugins that must answer without looking at the credential. */
  readonly anonymous?: boolean
  /** How often each route of the plugin may be called; the general limits hold beside it. */
  readonly limit?: RouteLimit
}

/**
 * Gives a foreign Fastify plugin one rule for all that it registers.
 * @param prefix path under which its routes stand
 */
export function mount(prefix: `/${string}`, rule: MountRule, plugin: FastifyPluginAsync): Mount {
  const { access, anonymous = false } = rule
  const tenant = rule.tenant ?? (access.kind === 'can' ? 'required' : 'optional')
  const limit = requireLimit(rule.limit)
  const made: Mount = Object.freeze({
    kind: 'mount',
    prefix,
    access,
    tenant,
    anonymous,
    limit,
    plugin,
  })
  tellDeclared(made)
  return made
}
