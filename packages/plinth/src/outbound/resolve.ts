import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { addressFault } from './address.ts'
import { OutboundError } from './outbound.errors.ts'
import type { Reach } from './target.ts'

/** One address that a name leads to. */
export interface ResolvedAddress {
  readonly address: string
  readonly family: 4 | 6
}

/** Finds all addresses of a host name. */
export type Resolver = (hostname: string) => Promise<readonly ResolvedAddress[]>

/** All addresses of a name as the machine knows them. */
export const systemResolver: Resolver = async (hostname) => {
  const found = await lookup(hostname, { all: true, verbatim: true })
  return found.map(({ address, family }) => ({ address, family: family === 4 ? 4 : 6 }))
}

/**
 * Resolves the host of a URL once and checks every address. The caller connects to exactly these,
 * so that a name cannot lead elsewhere between the check and the connection (DNS rebinding).
 * @throws OutboundError name_not_found, address_not_allowed
 */
export async function resolveChecked(
  url: URL,
  reach: Reach,
  resolver: Resolver,
): Promise<readonly ResolvedAddress[]> {
  const addresses = await addressesOf(url, resolver)
  if (addresses.length === 0) throw new OutboundError('name_not_found', url.host)
  if (reach.kind === 'public' && addresses.some(({ address }) => addressFault(address))) {
    throw new OutboundError('address_not_allowed', url.host)
  }
  return addresses
}

async function addressesOf(url: URL, resolver: Resolver): Promise<readonly ResolvedAddress[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const family = isIP(host)
  if (family === 4 || family === 6) return [{ address: host, family }]
  try {
    return await resolver(host)
  } catch (cause) {
    throw new OutboundError('name_not_found', url.host, cause)
  }
}
