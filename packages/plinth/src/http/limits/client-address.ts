import { BlockList, isIP } from 'node:net'

const MAX_HOPS = 32
const MAX_HEADER_CHARS = 10_240

/** Networks whose word on the client's address is taken. */
export interface TrustedProxies {
  trusts(address: string): boolean
}

/**
 * Reads a list of addresses and CIDR ranges.
 * @throws TypeError naming the entry that is neither
 */
export function trustedProxies(entries: readonly string[]): TrustedProxies {
  const list = new BlockList()
  for (const entry of entries) addEntry(list, entry)
  return {
    trusts: (address) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'),
  }
}

function addEntry(list: BlockList, entry: string): void {
  const [network = '', bits] = entry.split('/')
  const version = isIP(network)
  const width = version === 6 ? 128 : 32
  const prefix = bits === undefined ? width : Number(bits)
  if (version === 0 || !Number.isInteger(prefix) || prefix < 0 || prefix > width) {
    throw new TypeError(`"${entry}" is not an address or a CIDR range`)
  }
  list.addSubnet(network, prefix, version === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The address of the client: the right-most one that no trusted proxy vouches for. What stands
 * further left was written by the client and proves nothing.
 * @param socketAddress peer of the connection; undefined on a unix socket
 * @param forwardedFor value of X-Forwarded-For, several headers joined by commas
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  proxies: TrustedProxies,
): string | null {
  const peer = canonicalAddress(socketAddress ?? '')
  if (peer === undefined) return null
  if (forwardedFor === undefined) return peer
  const hops = forwardedFor.slice(-MAX_HEADER_CHARS).split(',').slice(-MAX_HOPS)
  let client = peer
  for (const hop of hops.reverse()) {
    if (!proxies.trusts(client)) return client
    const next = canonicalAddress(hop)
    if (next === undefined) return client
    client = next
  }
  return client
}

/** One spelling for one address: no port, no brackets, no zone, no IPv4 inside IPv6. */
export function canonicalAddress(text: string): string | undefined {
  if (isIP(text) === 4) return text
  const bare = text
    .trim()
    .replace(/^\[([^\]]+)\](:\d{1,5})?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d{1,5}$/, '$1')
    .replace(/%[\w.-]+$/, '')
  if (isIP(bare) === 4) return bare
  if (isIP(bare) !== 6) return undefined
  return unmapped(new URL(`http://[${bare}]/`).hostname.slice(1, -1))
}

function unmapped(ipv6: string): string {
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(ipv6) ?? []
  if (high === undefined || low === undefined) return ipv6
  const value = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16)
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.')
}

/** The bucket of an address for limits: IPv4 as it is, IPv6 by its /64, as one client owns all of it. */
export function addressBucket(address: string): string {
  // Only of IPv6 has an address a colon: most are seen through without taking them apart.
  if (!address.includes(':') || isIP(address) !== 6) return address
  const [head = '', tail = ''] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === '' ? [] : tail.split(':')
  const missing = address.includes('::') ? 8 - left.length - right.length : 0
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right]
  return `${groups.slice(0, 4).join(':')}::/64`
}
