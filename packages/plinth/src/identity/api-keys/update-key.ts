import { record } from '../../audit/index.ts'
import type { Db, VersionDemand } from '../../data/index.ts'
import { meetsDemand } from '../../data/index.ts'
import type { ErrorDetail } from '../../kernel/index.ts'
import type { KeyRecord } from './api-key.ts'
import { keyStatus } from './api-key.ts'
import { apiKeyEvents } from './api-keys.events.ts'
import { findKey, holdKey } from './api-keys.repository.ts'
import type { KeyAsker } from './key-asker.ts'
import { keysSeenBy } from './key-asker.ts'
import type { ParentKey } from './key-bounds.ts'
import { beyondBounds } from './key-bounds.ts'
import { termFaults } from './key-terms.ts'
import type { KeysDeps } from './keys-deps.ts'
import { requireKnownScopes } from './known-scopes.ts'
import { actsAs } from './may-change-key.ts'
import type { KeyChange } from './write-keys.repository.ts'
import { updateKey } from './write-keys.repository.ts'

/** What became of a change. */
export type KeyUpdated =
  | { readonly code: 'updated'; readonly record: KeyRecord }
  | { readonly code: 'unknown' }
  | { readonly code: 'not_yours' }
  | { readonly code: 'ended' }
  | { readonly code: 'stale' }
  | { readonly code: 'beyond'; readonly details: readonly ErrorDetail[] }
  | { readonly code: 'unfit'; readonly details: readonly ErrorDetail[] }

/** A change that is asked for. */
export interface AskedChange {
  readonly id: string
  readonly change: KeyChange
  /** The version that the key must still have. */
  readonly version: VersionDemand | undefined
}

/**
 * Changes a key; fields left out stay. Whoever changes it gives it nothing beyond what they hold, and
 * a key nothing beyond what it holds itself.
 * @throws AppError permission.unknown
 */
export function changeKey(
  deps: KeysDeps,
  db: Db,
  by: KeyAsker,
  { id, change, version }: AskedChange,
): Promise<KeyUpdated> {
  return db.transaction(async (tx) => {
    await holdKey(tx, id)
    const sight = { tenant: by.tenant, seen: keysSeenBy(by) }
    const old = await findKey(tx, sight, id)
    if (old === undefined) return { code: 'unknown' }
    if (!actsAs(by, old)) return { code: 'not_yours' }
    if (!meetsDemand(old.version, version)) return { code: 'stale' }
    if (keyStatus(old, deps.clock.now()) !== 'active') return { code: 'ended' }
    const parent = by.key === undefined ? undefined : await findKey(tx, sight, by.key)
    const faults = faultsOf(deps, by, { old, change, parent })
    if (faults !== undefined) return faults
    await requireKnownScopes(deps, tx, change.scopes ?? [])
    await updateKey(tx, id, change)
    const target = { type: 'api_key', id }
    const data = { fields: Object.keys(change) }
    await record(tx, by.actor, apiKeyEvents.updated({ outcome: 'success', target, data }))
    const now = await findKey(tx, sight, id)
    return now === undefined ? { code: 'unknown' } : { code: 'updated', record: now }
  })
}

interface Wanted {
  readonly old: KeyRecord
  readonly change: KeyChange
  readonly parent: ParentKey | undefined
}

function faultsOf(
  { settings, clock }: KeysDeps,
  by: KeyAsker,
  { old, change, parent }: Wanted,
): KeyUpdated | undefined {
  const next = { ...old, ...change }
  // What stays as it is was agreed when it was made: a new name is not the moment to judge scopes.
  const judged = change.scopes === undefined ? { ...next, scopes: [], type: 'user' as const } : next
  const beyond = beyondBounds(judged, { grants: by.grants, parent })
  if (beyond.length > 0) return { code: 'beyond', details: beyond }
  // A key that was rotated has its end: it can be brought forward, not put off.
  const unfit = [...termFaults(change, settings, clock.now()), ...postponed(old, change)]
  return unfit.length > 0 ? { code: 'unfit', details: unfit } : undefined
}

function postponed(
  { rotated_at, expires_at }: KeyRecord,
  change: KeyChange,
): readonly ErrorDetail[] {
  const wished = change.expires_at
  if (rotated_at === null || expires_at === null || wished === undefined) return []
  if (wished !== null && Date.parse(wished) <= Date.parse(expires_at)) return []
  const message = 'the key was rotated; it can end sooner, not later'
  return [{ path: 'body/expires_at', message, code: 'unfit' }]
}
