import type { KeyRecord } from './api-key.ts'
import type { KeyAsker } from './key-asker.ts'

/**
 * Whether somebody may change a key, or have its successor: their own, and for those who look after
 * keys those of service accounts. Another person's they may only revoke. A key is one of those that
 * it sees: itself, and what it made.
 */
export function actsAs(by: KeyAsker, { owner_id, owner_kind }: KeyRecord): boolean {
  return owner_id === by.person || (by.key === undefined && by.manages && owner_kind === 'service')
}
