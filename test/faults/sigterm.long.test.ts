import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { templateWorld } from './browser-headers.ts'
import { startProcess, statusOf } from './service-process.ts'

/** Half of what requests in flight get by default, and far more than a slow machine needs to stop. */
const SOON_MS = 10_000

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

test('FI-03 SIGTERM: readiness fails first, requests in flight finish, exit code 0', async () => {
  await using service = await startProcess({ world, settings: { http: { drain_delay_ms: 5_000 } } })
  const { url, child, ended, events } = service
  const inFlight = fetch(`${url}/slow?ms=8000`)
  await until(async () => (await statusOf(`${url}/health/ready`)) === 200)
  child.kill('SIGTERM')
  await until(async () => (await statusOf(`${url}/health/ready`)) === 503)
  assert.equal(await statusOf(`${url}/slow?ms=0`), 200, 'what still arrives is served')
  await until(async () => (await statusOf(`${url}/health/live`)) === 'ECONNREFUSED')
  const answer = await inFlight
  assert.deepEqual([answer.status, await answer.json()], [200, { pid: service.pid }])
  const answered = performance.now()
  assert.equal(await ended, 0)
  assert.ok(performance.now() - answered < SOON_MS, 'a kept connection does not keep the process')
  assert.equal(events.filter(({ message }) => message === 'draining').length, 1)
})

test('FI-04 SIGTERM while resources open ends the process cleanly, before it listens', async () => {
  await using service = await startProcess({
    world,
    env: { OPEN_AFTER_MS: '30000' },
    wait: 'spawned',
  })
  await until(() => service.errors() === 'opening')
  const started = performance.now()
  service.child.kill('SIGTERM')
  assert.equal(await service.ended, 0)
  assert.ok(performance.now() - started < SOON_MS)
  assert.equal(await statusOf(`${service.url}/health/live`), 'ECONNREFUSED')
})
