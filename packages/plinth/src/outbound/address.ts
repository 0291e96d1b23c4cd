import { BlockList, isIP } from 'node:net'

/**
 * Addresses that are not on the public internet: IANA special-purpose registries (RFC 6890) for
 * both families, and the IPv6 forms that carry an IPv4 address inside, which a list of IPv4 ranges
 * alone does not catch.
 */
const SPECIAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
  ['5f00::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

let kept: ReturnType<typeof specialLists> | undefined

/** One list for each family: in a shared one the rule for ::ffff:0:0/96 would also match all of IPv4. */
function specialLists() {
  const special = { ipv4: new BlockList(), ipv6: new BlockList() }
  for (const [net, bits] of SPECIAL) {
    const family = isIP(net) === 4 ? 'ipv4' : 'ipv6'
    special[family].addSubnet(net, bits, family)
  }
  return special
}

/** Why an address may not be called on behalf of a user; undefined for a public one. */
export function addressFault(address: string): 'not_an_address' | 'not_public' | undefined {
  if (isIP(address) === 0 || address.includes('%')) return 'not_an_address'
  const family = isIP(address) === 4 ? 'ipv4' : 'ipv6'
  kept ??= specialLists()
  return kept[family].check(address, family) ? 'not_public' : undefined
}
