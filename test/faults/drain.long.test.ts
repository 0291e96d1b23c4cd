import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { browserHeaders, templateWorld } from './browser-headers.ts'
import { startProcess, statusOf } from './service-process.ts'

/** A request that nobody waits for to its end. */
const SLOW_MS = 60_000
/** Half of what requests in flight get by default, and far more than a slow machine needs to stop. */
const SOON_MS = 10_000

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

test('FI-03 a request that takes longer than the limit is cut, and the process exits', async () => {
  await using service = await startProcess({ world, settings: { http: { drain_timeout_ms: 200 } } })
  const inFlight = statusOf(`${service.url}/slow?ms=${SLOW_MS}`)
  await until(async () => (await statusOf(`${service.url}/health/live`)) === 200)
  const started = performance.now()
  service.child.kill('SIGTERM')
  assert.equal(await service.ended, 0)
  assert.ok(performance.now() - started < SOON_MS)
  assert.notEqual(await inFlight, 200)
})

test('FI-03 the second SIGTERM does not wait', async () => {
  await using service = await startProcess({ world })
  const inFlight = statusOf(`${service.url}/slow?ms=${SLOW_MS}`)
  await until(async () => (await statusOf(`${service.url}/health/live`)) === 200)
  service.child.kill('SIGTERM')
  await until(() => service.events.some(({ message }) => message === 'draining'))
  const started = performance.now()
  service.child.kill('SIGTERM')
  assert.equal(await service.ended, 1)
  assert.ok(performance.now() - started < SOON_MS)
  await inFlight
})

test('FI-03 a job that runs is finished before the process ends', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'plinth-bake-'))
  const file = path.join(folder, 'cake')
  await using service = await startProcess({ world })
  const ana = await world.signIn('ana')
  const headers = await browserHeaders(world, ana)
  const body = JSON.stringify({ file, ms: 700 })
  assert.equal(await statusOf(`${service.url}/bake`, { method: 'POST', headers, body }), 202)
  const mark = () => readFile(file, 'utf8').catch(() => '')
  await until(async () => (await mark()) !== '')
  service.child.kill('SIGTERM')
  assert.equal(await service.ended, 0)
  assert.equal(await mark(), 'done')
  await rm(folder, { recursive: true })
})

test('FI-04 SIGTERM at any moment of the start ends the process and leaves no lock', async () => {
  for (const afterMs of [50, 250, 500]) {
    await using service = await startProcess({ world, wait: 'spawned' })
    await new Promise((done) => setTimeout(done, afterMs))
    service.child.kill('SIGTERM')
    const how = await service.ended
    assert.ok(how === 0 || how === 'SIGTERM', `${how}: ${service.errors()}`)
    assert.equal(service.errors(), '')
  }
  // Of this database: other tests lock in theirs. The server ends a connection a moment after its process.
  const locks = `select from pg_catalog.pg_locks l join pg_catalog.pg_database d on d.oid = l.database
                  where l.locktype = 'advisory' and d.datname = current_database()`
  await until(async () => (await world.database.platform.query(locks)).rowCount === 0)
})
