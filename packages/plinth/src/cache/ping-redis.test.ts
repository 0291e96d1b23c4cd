import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { pingRedis } from './index.ts'

async function server(answer: (received: string) => string) {
  const open = createServer((socket) => {
    socket.on('data', (chunk) => socket.write(answer(chunk.toString())))
  })
  await new Promise<void>((resolve) => open.listen(0, '127.0.0.1', resolve))
  const { port } = open.address() as AddressInfo
  return { port, [Symbol.asyncDispose]: async () => void open.close() }
}

test('a server that answers PONG is healthy, with and without a password', async () => {
  const seen: string[] = []
  await using redis = await server((received) => {
    seen.push(received)
    return received.includes('AUTH') ? '+OK\r\n+PONG\r\n' : '+PONG\r\n'
  })
  await pingRedis(`redis://127.0.0.1:${redis.port}/0`)
  await pingRedis(`redis://:p%40ss@127.0.0.1:${redis.port}/0`)
  assert.match(seen[1] ?? '', /AUTH\r\n\$4\r\np@ss/)
})

test('a refusal and a closed port are errors', async () => {
  await using redis = await server(() => '-NOAUTH Authentication required.\r\n')
  await assert.rejects(pingRedis(`redis://127.0.0.1:${redis.port}`), /refused/)
  await assert.rejects(pingRedis('redis://127.0.0.1:1'))
})
