import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import type { World } from '../../packages/plinth/src/testing/index.ts'
import { until } from '../../packages/plinth/src/testing/until.ts'
import { templateWorld } from './browser-headers.ts'
import { startProcess, statusOf } from './service-process.ts'

let world: World
before(async () => {
  world = await templateWorld()
})
after(() => world[Symbol.asyncDispose]())

for (const how of ['timer', 'emitter', 'rejection']) {
  test(`FI-40 an error that reaches nobody (${how}): logged once, the rest finishes, exit code 1`, async () => {
    await using service = await startProcess({ world })
    const { url, events, ended } = service
    const inFlight = fetch(`${url}/slow?ms=400`)
    await until(async () => (await statusOf(`${url}/health/live`)) === 200)
    assert.equal(await statusOf(`${url}/crash?how=${how}`, { method: 'POST' }), 202)
    assert.equal((await inFlight).status, 200)
    assert.equal(await ended, 1)
    const errors = events.filter(({ level }) => level === 'error')
    assert.equal(errors.length, 1, JSON.stringify(errors))
    assert.match(JSON.stringify(errors), /boom/)
    assert.equal(service.errors(), '')
  })
}

/** A service whose standard output is a pipe that nobody reads, or that has no reader any more. */
async function serveInto(reader: 'silent' | 'gone') {
  const folder = mkdtempSync(path.join(tmpdir(), 'plinth-pipe-'))
  const fifo = path.join(folder, 'log')
  execFileSync('mkfifo', [fifo])
  const reading = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK)
  const writing = openSync(fifo, constants.O_WRONLY)
  const settings = { http: { log_requests: 'all' } }
  const service = await startProcess({ world, stdout: writing, settings })
  closeSync(writing)
  if (reader === 'gone') closeSync(reading)
  const close = () => {
    if (reader === 'silent') closeSync(reading)
    rmSync(folder, { recursive: true })
  }
  return { service, close }
}

for (const reader of ['silent', 'gone'] as const) {
  test(`FI-41 standard output is a pipe whose reader is ${reader}: it goes on serving`, async () => {
    const { service, close } = await serveInto(reader)
    await using _process = service
    // More lines than a pipe of 64 KiB holds.
    const agent = 'x'.repeat(100)
    const headers = { 'user-agent': agent }
    for (let round = 0; round < 40; round += 1) {
      const calls = Array.from({ length: 20 }, () => statusOf(`${service.url}/health`, { headers }))
      assert.deepEqual(new Set(await Promise.all(calls)), new Set([200]))
    }
    const signal = AbortSignal.timeout(30_000)
    assert.equal(await statusOf(`${service.url}/health/live`, { signal }), 200)
    service.child.kill('SIGTERM')
    assert.equal(await service.ended, 0)
    assert.equal(service.errors(), '')
    close()
  })
}
