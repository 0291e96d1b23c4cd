import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { job } from '../feature/index.ts'
import { openTestJobs } from '../testing/test-jobs.ts'
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
  const deadline = performance.now() + HEARTBEAT_SECONDS * 1_000
  while (seconds < 1 && performance.now() < deadline) {
    await sleep(500)
    seconds = (await world.owner.query(signs)).rows[0]?.seconds ?? 0
  }
  release.resolve()
  assert.equal(await worker.drain(), true)
  assert.ok(seconds >= 1 && seconds < HEARTBEAT_SECONDS, `${seconds}`)
})
