import { trustedProxies } from '../../http/index.ts'

const ENTRY = /^[0-9a-fA-F:.]{2,45}(?:\/[1-9]\d{0,2})?$/

/** Addresses that a key may come from. */
export interface AddressRule {
  allows(address: string | null): boolean
}

/** Whether a text is an address, or a network in CIDR form that leaves somebody out. */
export function isAddressEntry(text: string): boolean {
  if (!ENTRY.test(text)) return false
  try {
    trustedProxies([text])
    return true
  } catch {
    return false
  }
}

/**
 * Reads an allow-list. A connection without an address (a unix socket) is in none.
 * @param entries addresses and networks; null lets everybody through
 * @throws TypeError for an entry that is neither
 */
export function addressRule(entries: readonly string[] | null): AddressRule {
  if (entries === null) return ANYWHERE
  const list = trustedProxies(entries)
  return { allows: (address) => address !== null && list.trusts(address) }
}

const ANYWHERE: AddressRule = { allows: () => true }
