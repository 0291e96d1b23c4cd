import type { PlatformDb } from '../../data/index.ts'
import type { Clock } from '../../kernel/index.ts'
import type { KeyRow } from './api-key.ts'
import { keyFault } from './api-key.ts'
import { readKey } from './api-keys.repository.ts'
import type { KeyAnswer, KeyCache } from './key-cache.ts'
import { usableKey } from './usable-key.ts'

/** What finding out about a key needs. */
export interface FindKeyDeps {
  readonly platform: PlatformDb
  readonly clock: Clock
  readonly cache: KeyCache
  readonly production: boolean
  /** What every member of a tenant may do: a key can be given that too. */
  readonly memberPermissions: readonly string[]
}

/** A refused key is remembered so long, unless news of it arrive before. */
const REFUSED_MS = 60_000

/** Asks the database about a key, and remembers what it said until it says something else. */
export async function findOutKey(deps: FindKeyDeps, keyHash: string): Promise<KeyAnswer> {
  const nowMs = deps.clock.now()
  using read = deps.cache.beginRead(keyHash, nowMs)
  const row = await readKey(deps.platform, Buffer.from(keyHash, 'hex'))
  const answer = judge(deps, row, nowMs)
  read.keep(answer, subjectsOf(row))
  return answer
}

function judge(
  { production, memberPermissions }: FindKeyDeps,
  row: KeyRow | undefined,
  nowMs: number,
): KeyAnswer {
  const untilMs = nowMs + REFUSED_MS
  if (row === undefined) return { code: 'refused', why: { code: 'unknown' }, untilMs }
  const { id, tenant_id: tenant } = row
  const code = keyFault(row, { nowMs, production })
  if (code !== undefined) return { code: 'refused', why: { code, id, tenant }, untilMs }
  return { code: 'usable', key: usableKey(row, memberPermissions), untilMs: endOf(row) }
}

/** As the database names them when it tells of a change; of a key that is in no table it tells nothing. */
function subjectsOf(row: KeyRow | undefined): readonly string[] {
  if (row === undefined) return []
  return [`key ${row.id}`, `person ${row.owner_id}`, `tenant ${row.tenant_id}`]
}

function endOf({ expires_at }: KeyRow): number {
  return expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at)
}
