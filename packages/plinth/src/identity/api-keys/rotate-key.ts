import { record } from '../../audit/index.ts'
import type { Db, Tx } from '../../data/index.ts'
import { consume } from '../../data/index.ts'
import type { ErrorDetail } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import type { KeyRecord } from './api-key.ts'
import { keyStatus } from './api-key.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { findKey } from './api-keys.repository.ts'
import type { KeyAsker } from './key-asker.ts'
import { keysSeenBy } from './key-asker.ts'
import { beyondBounds } from './key-bounds.ts'
import { displayPrefix, hashKey, newKey } from './key-format.ts'
import type { KeysDeps } from './keys-deps.ts'
import { actsAs } from './may-change-key.ts'
import { tellOfKey } from './tell-of-key.ts'
import { endRotated, insertKey } from './write-keys.repository.ts'

/** What became of a rotation. */
export type KeyRotated =
  | { readonly code: 'rotated'; readonly key: string; readonly record: KeyRecord }
  | { readonly code: 'unknown' }
  | { readonly code: 'not_yours' }
  | { readonly code: 'ended' }
  | { readonly code: 'rotated_before' }
  | { readonly code: 'beyond'; readonly details: readonly ErrorDetail[] }

/**
 * Replaces a key by a new one that is like it in everything, also in when it ends. The old one works
 * for the overlap and no longer. Of any number of rotations at once one makes a successor.
 * @param overlapSeconds seconds that both work; 0 ends the old one at once
 */
export function rotateKey(
  deps: KeysDeps,
  db: Db,
  by: KeyAsker,
  { id, overlapSeconds }: { readonly id: string; readonly overlapSeconds: number },
): Promise<KeyRotated> {
  return db.transaction(async (tx) => {
    const old = await findKey(tx, { tenant: by.tenant, seen: keysSeenBy(by) }, id)
    if (old === undefined) return { code: 'unknown' }
    const refusal = refusalOf(deps, by, old)
    if (refusal !== undefined) return refusal
    const now = isoTime(deps.clock.now())
    const used = await consume(tx, 'api_key_rotations', { id }, now)
    if (used === undefined) return { code: 'rotated_before' }
    return succeed(deps, tx, by, { old, now, overlapSeconds })
  })
}

function refusalOf({ clock }: KeysDeps, by: KeyAsker, old: KeyRecord): KeyRotated | undefined {
  if (!actsAs(by, old)) return { code: 'not_yours' }
  if (old.rotated_at !== null) return { code: 'rotated_before' }
  if (keyStatus(old, clock.now()) !== 'active') return { code: 'ended' }
  // Whoever rotates gets a key to hold: it may hold no more than they do.
  const details = beyondBounds(old, { grants: by.grants, parent: undefined })
  return details.length > 0 ? { code: 'beyond', details } : undefined
}

interface Rotation {
  readonly old: KeyRecord
  readonly now: string
  readonly overlapSeconds: number
}

async function succeed(
  deps: KeysDeps,
  tx: Tx,
  by: KeyAsker,
  { old, now, overlapSeconds }: Rotation,
): Promise<KeyRotated> {
  const { clock } = deps
  const key = newKey(old.type, old)
  const id = newId<'api-key'>(clock)
  await insertKey(tx, {
    id,
    keyHash: Buffer.from(hashKey(key), 'hex'),
    prefix: displayPrefix(key),
    type: old.type,
    test: old.test,
    tenant: old.tenant_id,
    owner: old.owner_id,
    createdBy: by.person,
    parent: old.parent_id,
    family: old.family_id,
    name: old.name,
    scopes: old.scopes,
    allowedIps: old.allowed_ips,
    rateLimit: old.rate_limit,
    metadata: old.metadata,
    now,
    expiresAt: old.expires_at,
  })
  const until = isoTime(clock.now() + overlapSeconds * 1_000)
  await endRotated(tx, { id: old.id, successor: id, until })
  const target = { type: 'api_key', id: old.id }
  const data = { successor: id, overlap_seconds: overlapSeconds }
  await record(tx, by.actor, apiKeyEvents.rotated({ outcome: 'success', target, data }))
  const made = await findKey(tx, { tenant: by.tenant, seen: { of: 'tenant' } }, id)
  if (made === undefined) throw new TypeError('a key that was just written is not there')
  await tellOfKey(deps, tx, { what: 'rotated', key: made, by: by.person, now })
  return { code: 'rotated', key, record: made }
}
