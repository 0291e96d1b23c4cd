import assert from 'node:assert/strict'
import { test } from 'node:test'
import { job } from '../feature/index.ts'
import { openTestJobs } from '../testing/test-jobs.ts'
import { until } from '../testing/until.ts'
import { HEARTBEAT_SECONDS } from './queue.ts'

test('FI-02 a job that takes long shows signs of life, well before it would count as abandoned', async () => {
  const release = Promise.withResolvers<void>()
  const held = job('test.held', { timeoutSeconds: 300, handle: () => release.promise })
  await using world = await openTestJobs([held])
  const worker = await world.work()
  await world.database.forTenant(world.ana).transaction((tx) => held.enqueue(tx, {}))
  const signs = `SELECT extract(epoch FROM heartbeat_on - started_on)::float AS seconds
    FROM plinth_jobs.job WHERE name = 'test.held' AND state = 'active'`
  let seconds = 0
  try {
    await until(async () => {
      seconds = (await world.owner.query(signs)).rows[0]?.seconds ?? 0
      return seconds >= 1
    }, HEARTBEAT_SECONDS * 1_000)
  } finally {
    release.resolve()
  }
  assert.equal(await worker.drain(), true)
  assert.ok(seconds >= 1 && seconds < HEARTBEAT_SECONDS, `${seconds}`)
})
