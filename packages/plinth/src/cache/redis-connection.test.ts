import assert from 'node:assert/strict'
import { registerHooks } from 'node:module'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { createBreaker, openRedis, redisSettings } from './index.ts'

test('FI-18 a Redis that nobody runs costs milliseconds, not the minute of the client’s defaults', async () => {
  const redis = await openRedis('redis://127.0.0.1:1', 250)
  const began = performance.now()
  await redis.open()
  for (let at = 0; at < 50; at++) await assert.rejects(redis.run('return 1', [], []))
  assert.ok(performance.now() - began < 5_000, 'nothing is queued, so nothing waits')
  redis.close()
})

test('FI-21 a Redis that loads, or answers nonsense, fails a command instead of keeping it', async () => {
  for (const answer of [
    '-LOADING Redis is loading the dataset in memory\r\n',
    'HTTP/1.1 400\r\n',
  ]) {
    await using server = await answering(answer)
    const redis = await openRedis(`redis://127.0.0.1:${server.port}`, 250)
    await redis.open()
    await assert.rejects(redis.run('return 1', [], []))
    redis.close()
  }
})

test('FI-52 an address that is no Redis URL is refused, not taken for localhost', () => {
  const { url } = redisSettings.shape
  for (const good of [
    'redis://localhost:6379/0',
    'rediss://:pw@r.test',
    '/run/redis.sock',
    undefined,
  ])
    assert.ok(url.safeParse(good).success, good)
  for (const bad of [
    'localhost:6379',
    'redis.test',
    'http://redis.test',
    'redis://',
    'redis:///0',
    '',
  ])
    assert.equal(url.safeParse(bad).success, false, bad)
})

async function answering(answer: string) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).on('data', () => socket.write(answer))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return { port, [Symbol.asyncDispose]: async () => void server.close() }
}

test('a client that is not installed is one sentence with the command', async () => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'ioredis') throw new Error('Cannot find package')
      return next(specifier, context)
    },
  })
  try {
    const copy = `./redis-connection.ts?${Date.now()}`
    const { openRedis: openWithout } = (await import(copy)) as { openRedis: typeof openRedis }
    await assert.rejects(openWithout('redis://127.0.0.1:1', 250), /npm install ioredis/)
  } finally {
    hooks.deregister()
  }
})

/** A breaker over something that a test makes fail. */
function brokenThing() {
  const clock = { at: 0, monotonic: () => clock.at }
  const said: string[] = []
  const thing = { works: false, asked: 0 }
  const breaker = createBreaker({
    clock,
    failures: 2,
    pauseMs: 1_000,
    probe: async () => {
      thing.asked += 1
      if (!thing.works) throw new Error('still away')
    },
    opened: () => said.push('opened'),
    closedAgain: () => said.push('closed'),
  })
  return { clock, said, thing, breaker }
}

test('FI-19 a breaker opens after failures in a row, and a probe of its own closes it', async () => {
  const { clock, said, thing, breaker } = brokenThing()
  breaker.failed('a')
  breaker.succeeded()
  breaker.failed('a')
  assert.equal(breaker.closed, true, 'two failures, but not in a row')
  breaker.failed('a')
  breaker.failed('a')
  assert.deepEqual([breaker.closed, said, thing.asked], [false, ['opened'], 0])
  clock.at += 1_000
  assert.equal(breaker.closed, false, 'whoever asks does not wait for the probe')
  assert.equal(breaker.closed, false)
  await Promise.resolve()
  assert.equal(thing.asked, 1, 'one probe at a time')
  breaker.succeeded()
  assert.equal(breaker.closed, false, 'a late success of before proves nothing')
  clock.at += 999
  assert.deepEqual([breaker.closed, thing.asked], [false, 1], 'and one in each pause')
  thing.works = true
  clock.at += 1
  assert.equal(breaker.closed, false)
  await new Promise((done) => setImmediate(done))
  assert.deepEqual([breaker.closed, said], [true, ['opened', 'closed']])
})
