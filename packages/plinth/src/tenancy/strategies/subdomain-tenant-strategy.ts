import type { FastifyRequest } from 'fastify'
import { trustedProxies } from '../../http/index.ts'
import { tenancyProblems } from '../tenancy.errors.ts'
import type { TenantStrategy } from './tenant-strategy.ts'

/** Whose word on the host counts. */
export interface SubdomainOptions {
  /** Addresses and CIDR ranges of proxies whose X-Forwarded-Host is believed; none by default. */
  readonly trustedProxies?: readonly string[]
}

const PORT = /:\d{1,5}$/

/**
 * The tenant by the first label of the host: `acme.api.example.com` for `api.example.com`. Any
 * other host names none, however much it looks alike.
 * @param base domain below which tenants have their names, in lower case
 */
export function SubdomainTenantStrategy(
  base: string,
  options: SubdomainOptions = {},
): TenantStrategy {
  const proxies = trustedProxies(options.trustedProxies ?? [])
  return {
    name: 'subdomain',
    find: (request) => below(hostOf(request, proxies), base),
    malformed: tenancyProblems.malformed,
  }
}

function hostOf({ raw, headers }: FastifyRequest, proxies: ReturnType<typeof trustedProxies>) {
  const forwarded = headers['x-forwarded-host']
  const peer = raw.socket.remoteAddress
  const believed = forwarded !== undefined && peer !== undefined && proxies.trusts(peer)
  return String(believed ? forwarded : (headers.host ?? ''))
}

/**
 * What stands before the base. Only the exact spelling is cut off: of a host in capitals, or with
 * the dot of the root, the whole is given back, and that is no name.
 */
function below(host: string, base: string): string | undefined {
  const name = host.replace(PORT, '')
  const plain = name.toLowerCase().replace(/\.$/, '')
  if (!plain.endsWith(`.${base}`)) return undefined
  return plain === name ? name.slice(0, -base.length - 1) : name
}
