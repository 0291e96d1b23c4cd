import { record } from '../../audit/index.ts'
import type { Db, Tx } from '../../data/index.ts'
import type { Clock, Id } from '../../kernel/index.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { findKey, holdKey } from './api-keys.repository.ts'
import type { KeyAsker } from './key-asker.ts'
import { keysSeenBy } from './key-asker.ts'
import { actsAs } from './may-change-key.ts'
import { revokeTree } from './write-keys.repository.ts'

/** What became of a revocation; `ids` are the keys that ended, none when it was revoked before. */
export type KeyRevoked =
  | { readonly code: 'revoked'; readonly ids: readonly Id<'api-key'>[] }
  | { readonly code: 'unknown' }
  | { readonly code: 'not_yours' }

/**
 * Revokes a key, and every key that it made: whoever stole it may have made some. Its owner may, and
 * whoever looks after the keys of the tenant.
 */
export function revokeKey(
  { clock }: { readonly clock: Clock },
  db: Db,
  by: KeyAsker,
  id: string,
): Promise<KeyRevoked> {
  return db.transaction(async (tx) => {
    await holdKey(tx, id)
    const key = await findKey(tx, { tenant: by.tenant, seen: keysSeenBy(by) }, id)
    if (key === undefined) return { code: 'unknown' }
    if (!actsAs(by, key) && !(by.manages && by.key === undefined)) return { code: 'not_yours' }
    const ids = await revokeAll(tx, id, isoTime(clock.now()))
    if (ids.length === 0) return { code: 'revoked', ids }
    const target = { type: 'api_key', id }
    const data = { descendants: ids.filter((one) => one !== id).length }
    await record(tx, by.actor, apiKeyEvents.revoked({ outcome: 'success', target, data }))
    return { code: 'revoked', ids }
  })
}

/**
 * Until nothing is left: a child that was being made meanwhile is only seen by the next look, and by
 * then its parent can make no more.
 */
async function revokeAll(tx: Tx, id: string, now: string): Promise<readonly Id<'api-key'>[]> {
  const ended = await revokeTree(tx, id, now)
  return ended.length === 0 ? ended : [...ended, ...(await revokeAll(tx, id, now))]
}
