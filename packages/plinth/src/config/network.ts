import { BlockList, isIP } from 'node:net'

// Wider ranges are no list of proxies: they hold the addresses of strangers, who could then forge theirs.
const WIDEST = { 4: 8, 6: 7 } as const
const FIX = 'list the addresses of your own proxies, like 10.0.3.0/24'

/** Why an entry may not stand in a list of trusted proxies; undefined when it may (XF-11). */
export function trustFault(entry: string): string | undefined {
  if (entry === '*' || entry.toLowerCase() === 'true')
    return `trusts every address with ${entry} → ${FIX}`
  const [address = '', bits, ...more] = entry.split('/')
  const version = isIP(address)
  if (version !== 4 && version !== 6) return notANetwork(entry)
  const width = version === 4 ? 32 : 128
  const prefix = bits === undefined ? width : Number(bits)
  const isPrefix = bits === undefined || /^\d{1,3}$/.test(bits)
  if (!isPrefix || prefix > width || more.length > 0) return notANetwork(entry)
  if (prefix < WIDEST[version]) return `trusts the addresses of strangers with ${entry} → ${FIX}`
  if (version === 6 && holdsMappedAddresses(address, prefix)) {
    return `holds IPv4 addresses inside IPv6 with ${entry} → write IPv4 ranges as IPv4`
  }
  return undefined
}

function notANetwork(entry: string): string {
  return `holds ${JSON.stringify(entry)}, which is not an address or a CIDR range → ${FIX}`
}

function holdsMappedAddresses(address: string, prefix: number): boolean {
  if (/^[0:]*:ffff:/i.test(address)) return true
  const list = new BlockList()
  list.addSubnet(address, prefix, 'ipv6')
  return list.check('::ffff:198.51.100.7', 'ipv6')
}
