import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempDisposable } from 'node:fs/promises'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { until } from '../../../testing/until.ts'
import { ask, openLimited } from './rate-limiter.fixture.ts'

/** The status of a request over a unix socket, from somebody who claims an address. */
function statusAt(socketPath: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'x-forwarded-for': '198.51.100.7', connection: 'close' }
    request({ socketPath, path: '/things/1', headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
      .on('error', reject)
      .end()
  })
}

test('XF-16 whoever comes over a unix socket has no address, whatever they claim, and a limit of their own', async () => {
  await using http = await openLimited()
  await using folder = await mkdtempDisposable(path.join(tmpdir(), 'plinth-unix-'))
  const place = path.join(folder.path, 'socket')
  const door = createServer((socket) => http.app.server.emit('connection', socket)).listen(place)
  await once(door, 'listening')
  const statuses = [await statusAt(place), await statusAt(place), await statusAt(place)]
  assert.deepEqual(statuses, [204, 204, 429])
  await until(() => http.seen.length === 3)
  assert.deepEqual(
    http.seen.map(({ clientAddress }) => clientAddress),
    [null, null, null],
  )
  assert.equal((await ask(http, '/things/1', { from: '198.51.100.7' })).status, 204)
  door.close()
})
