import type { Id } from '../../kernel/index.ts'
import type { KeyFault } from './api-keys.events.ts'
import type { KeyType } from './key-format.ts'

/** A key and whose it is, as one query reads it for a request. Times are ISO texts. */
export interface KeyRow {
  readonly id: Id<'api-key'>
  readonly type: KeyType
  readonly test: boolean
  readonly family_id: Id<'api-key'>
  readonly tenant_id: Id<'tenant'>
  readonly owner_id: Id<'person'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly allowed_ips: readonly string[] | null
  readonly rate_limit: number | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly expires_at: string | null
  readonly revoked_at: string | null
  readonly last_used_at: string | null
  readonly known_addresses: readonly string[]
  readonly owner_name: string
  readonly owner_email: string | null
  readonly owner_status: string
  readonly tenant_status: string
  /** What its owner may do in the tenant; null where they do not belong. */
  readonly grants: readonly string[] | null
}

/** A key as those see it who look after it. */
export interface KeyRecord {
  readonly id: Id<'api-key'>
  readonly prefix: string
  readonly type: KeyType
  readonly test: boolean
  readonly tenant_id: Id<'tenant'>
  readonly owner_id: Id<'person'>
  readonly owner_kind: 'human' | 'service'
  readonly created_by: Id<'person'> | null
  readonly parent_id: Id<'api-key'> | null
  readonly family_id: Id<'api-key'>
  readonly name: string
  readonly scopes: readonly string[]
  readonly allowed_ips: readonly string[] | null
  readonly rate_limit: number | null
  readonly metadata: Readonly<Record<string, unknown>>
  readonly version: number
  readonly created_at: string
  readonly updated_at: string
  readonly expires_at: string | null
  readonly rotated_at: string | null
  readonly successor_id: Id<'api-key'> | null
  readonly revoked_at: string | null
  readonly last_used_at: string | null
}

/** What a key is at a moment. */
export type KeyStatus = 'active' | 'expired' | 'revoked'

/** Judges a key by itself; a key is good until the very millisecond before `expires_at`. */
export function keyStatus(
  { revoked_at, expires_at }: Pick<KeyRow, 'revoked_at' | 'expires_at'>,
  nowMs: number,
): KeyStatus {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && nowMs >= Date.parse(expires_at) ? 'expired' : 'active'
}

/**
 * What is wrong with a key that was found, in the order of docs/guides/api-keys.md; undefined when
 * nothing is. Its type comes from the row: what the text begins with proves nothing.
 */
export function keyFault(
  row: KeyRow,
  { nowMs, production }: { readonly nowMs: number; readonly production: boolean },
): KeyFault | undefined {
  const status = keyStatus(row, nowMs)
  if (status !== 'active') return status
  if (row.test && production) return 'test_key'
  if (row.owner_status !== 'active') return 'owner_disabled'
  if (row.tenant_status !== 'active') return 'tenant_inactive'
  return row.grants === null ? 'not_a_member' : undefined
}
