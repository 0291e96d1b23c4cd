import assert from 'node:assert/strict'
import type fc from 'fast-check'
import type { Db } from '../db.ts'
import { sampler } from './sample.fixture.ts'
import type { sampleRow } from './sample-values.fixture.ts'

type Sample = typeof sampleRow extends fc.Arbitrary<infer R> ? R : never

/** When the transaction began, as a row has it. */
const NOW = `select to_char(now()::timestamptz(3) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now`

/**
 * A row comes back as it went in; then one field of it is patched: that field, `updated_at` and
 * `version` change, and nothing else.
 */
export async function assertPatch(
  db: Db,
  [first, second]: readonly [Sample, Sample],
  field: string,
): Promise<void> {
  const { id, version, created_at, updated_at, ...row } = await sampler.insert(db, first)
  assert.deepEqual(row, first)
  assert.equal(version, 1)
  const change = Object.fromEntries(Object.entries(second).filter(([name]) => name === field))
  const { changed, now } = await db.transaction(async (tx) => ({
    changed: await sampler.update(tx, id, sampler.patch.parse(change)),
    now: (await tx.query<{ now: string }>(NOW)).rows[0]?.now,
  }))
  const after = { ...row, ...change, id, version: 2, created_at }
  assert.deepEqual(changed, { ...after, updated_at: now })
  assert.ok(changed.updated_at >= updated_at)
  assert.deepEqual(await sampler.get(db, id), changed)
}
