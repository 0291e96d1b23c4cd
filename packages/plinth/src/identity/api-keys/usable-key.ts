import type { Principal } from '../../access/index.ts'
import { narrow } from '../../access/index.ts'
import type { AddressRule } from './address-rule.ts'
import { addressRule } from './address-rule.ts'
import type { KeyRow } from './api-key.ts'
import type { KeyFault, NoKey } from './api-keys.events.ts'
import type { CheckedKey } from './check-key.ts'

/** Why a key was refused, and which one it was, unless there is none. */
export type KeyRefusal =
  | { readonly code: KeyFault; readonly id: string; readonly tenant: KeyRow['tenant_id'] }
  | { readonly code: NoKey }

/** A key that is good by itself. The address and the service's own check count for each request. */
export interface UsableKey {
  readonly principal: Principal
  readonly addresses: AddressRule
  /** For the service's own check. */
  readonly checked: CheckedKey
  /** Addresses that it was used from before; one that joins is noted and audited. */
  readonly known: Set<string>
  /** When its use was last noted, in milliseconds. */
  notedAtMs: number
}

/**
 * What a key stands for: its owner, in its tenant, with what the owner may do there narrowed to the
 * key's scopes. `authenticatedAt` is 0: nobody proved anything lately, so no step-up is ever met.
 * @param memberPermissions what every member may do (`tenancy.member_permissions`)
 */
export function usableKey(row: KeyRow, memberPermissions: readonly string[]): UsableKey {
  const held = narrow([...(row.grants ?? []), ...memberPermissions], row.scopes)
  return {
    principal: principalOf(row, held),
    addresses: addressRule(row.allowed_ips),
    checked: checkedKey(row),
    known: new Set(row.known_addresses),
    notedAtMs: row.last_used_at === null ? 0 : Date.parse(row.last_used_at),
  }
}

/** Frozen: one serves many requests. */
function principalOf(row: KeyRow, held: readonly string[]): Principal {
  const limit = row.rate_limit === null ? undefined : { requests: row.rate_limit, windowMs: 60_000 }
  return Object.freeze({
    person: row.owner_id,
    name: row.owner_name,
    email: row.owner_email,
    tenant: row.tenant_id,
    permissions: Object.freeze([...held]),
    credential: Object.freeze({
      kind: 'api-key' as const,
      id: row.id,
      family: row.family_id,
      authenticatedAt: 0,
      readOnly: row.type === 'readonly',
      ...(limit && { limit: Object.freeze(limit) }),
    }),
  })
}

function checkedKey(row: KeyRow): CheckedKey {
  return Object.freeze({
    id: row.id,
    type: row.type,
    test: row.test,
    tenant: row.tenant_id,
    owner: row.owner_id,
    name: row.name,
    scopes: Object.freeze([...row.scopes]),
    metadata: Object.freeze({ ...row.metadata }),
  })
}
