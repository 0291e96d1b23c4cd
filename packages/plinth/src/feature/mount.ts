import type { FastifyPluginAsync } from 'fastify'
import type { Access } from '../access/index.ts'
import { tellDeclared } from './declared.ts'
import type { TenantDemand } from './facts.ts'

/** Any Fastify plugin under one prefix and one access rule. */
export interface Mount {
  readonly kind: 'mount'
  readonly prefix: string
  readonly access: Access
  readonly tenant: TenantDemand
  /** The credential is not looked at. */
  readonly anonymous: boolean
  readonly plugin: FastifyPluginAsync
}

/** Who may call what a mounted plugin registers. */
export interface MountRule {
  readonly access: Access
  readonly tenant?: TenantDemand
  /** For `open` plugins that must answer without looking at the credential. */
  readonly anonymous?: boolean
}

/**
 * Gives a foreign Fastify plugin one rule for all that it registers.
 * @param prefix path under which its routes stand
 */
export function mount(prefix: `/${string}`, rule: MountRule, plugin: FastifyPluginAsync): Mount {
  const { access, anonymous = false } = rule
  const tenant = rule.tenant ?? (access.kind === 'can' ? 'required' : 'optional')
  const made: Mount = Object.freeze({ kind: 'mount', prefix, access, tenant, anonymous, plugin })
  tellDeclared(made)
  return made
}
