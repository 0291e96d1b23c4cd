import type { IncomingMessage } from 'node:http'
import { isTenantName } from '../tenant-name.ts'

const names = new WeakMap<IncomingMessage, string>()

// The rest begins with one slash: with two, a browser would take it for another host.
const PREFIX = /^\/t\/([a-z0-9-]{1,63})(?=$|\?|\/(?!\/))(.*)$/s

/**
 * Splits `/t/<tenant>` off a request's target, once, before routing: guard, limits and router see
 * one path. Any other spelling stays as it is, and is an address where nothing is. For the option
 * `rewriteUrl` of Fastify; `PathTenantStrategy` reads what was split off.
 * @returns the target that is routed
 */
export function splitTenantPath(raw: IncomingMessage): string {
  const target = raw.url ?? ''
  const [, name, rest = ''] = PREFIX.exec(target) ?? []
  if (name === undefined || !isTenantName(name)) return target
  names.set(raw, name)
  return rest.startsWith('/') ? rest : `/${rest}`
}

/** The tenant that was split off a request's target. */
export function pathTenant(raw: IncomingMessage): string | undefined {
  return names.get(raw)
}
