import assert from 'node:assert/strict'
import { createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { pingTemporal, temporalSettings } from './index.ts'

async function grpc(status: number) {
  const server = createServer()
  server.on('stream', (stream, headers) => {
    const known = headers[':path'] === '/grpc.health.v1.Health/Check'
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc' },
      { waitForTrailers: true },
    )
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': known ? '0' : '12' }))
    stream.end(known ? Buffer.from([0, 0, 0, 0, 2, 8, status]) : undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

test('a front end that serves is healthy; one that does not, or a closed port, is an error', async () => {
  await using serving = await grpc(1)
  await pingTemporal(`127.0.0.1:${serving.port}`)
  await using stopping = await grpc(2)
  await assert.rejects(pingTemporal(`127.0.0.1:${stopping.port}`), /not serving/)
  await assert.rejects(pingTemporal('127.0.0.1:1'))
})

test('FI-52 an address without port, or with a scheme, is refused', () => {
  const { url } = temporalSettings.shape
  for (const good of ['temporal:7233', 'localhost:7233', '[::1]:7233', undefined])
    assert.ok(url.safeParse(good).success, good)
  for (const bad of ['temporal', 'http://temporal:7233', 'temporal:7233/x', 'temporal:port', ''])
    assert.equal(url.safeParse(bad).success, false, bad)
})
