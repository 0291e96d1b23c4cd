import assert from 'node:assert/strict'
import { appendFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { hasPostgres } from 'plinth/dev'
import { devFolder } from './dev-folder.ts'
import { readState } from './dev-state.ts'
import { isRunning } from './process-stamp.ts'
import { type RunningPlinth, startPlinth } from './running-plinth.fixture.ts'
import { SERVED_CONFIG, smallService } from './small-service.fixture.ts'
import { stopEverything } from './stop-everything.ts'

const { folder: service, remove } = smallService(SERVED_CONFIG)

let running: RunningPlinth | undefined
after(async () => {
  running?.child.kill('SIGKILL')
  await stopEverything(devFolder(service))
  remove()
})

const server = () => readState(devFolder(service).home, 'state')?.postgres

test('plinth dev: a PostgreSQL that dies is told of and started again where it was; one that cannot be ends it with a sentence', async () => {
  const { postgres } = devFolder(service)
  assert.equal(await hasPostgres(postgres), false)
  running = startPlinth(service, 'dev')
  await running.said(/Service +http/)
  // Where root may not keep it in this closed folder, it is found in its other place.
  assert.equal(await hasPostgres(postgres), true)
  const first = server()
  assert.ok(first)
  process.kill(first.process.pid, 'SIGKILL')
  await running.said(/PostgreSQL has ended\. Starting it again …[\s\S]*PostgreSQL runs again\./)
  const second = server()
  assert.ok(second && isRunning(second.process))
  assert.deepEqual([second.port, second.process.pid === first.process.pid], [first.port, false])
  appendFileSync(join(dirname(second.log), 'data', 'postgresql.conf'), '\nno_such_setting = 1\n')
  process.kill(second.process.pid, 'SIGKILL')
  await running.said(/does not start again: .*no_such_setting/)
  assert.deepEqual(await running.ended, [1, null])
  assert.equal(readState(devFolder(service).home, 'state'), undefined)
})
