import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Breaker } from '../../../cache/index.ts'
import { createBreaker, openRedis } from '../../../cache/index.ts'
import { systemClock } from '../../../kernel/index.ts'
import type { RedisServer } from '../../../testing/redis-server.fixture.ts'
import { redisPath, startRedis } from '../../../testing/redis-server.fixture.ts'
import { until } from '../../../testing/until.ts'
import { createInsuredWindows } from './insured-windows.ts'
import { createMemoryWindows } from './memory-windows.ts'
import { createRedisWindows } from './redis-windows.ts'
import type { Charge, WindowStore } from './window-store.ts'

const program = redisPath()
const skip = program === undefined && 'redis-server is not installed'
const HOUR_MS = 3_600_000

let redis: RedisServer
before(async () => {
  if (program !== undefined) redis = await startRedis(program)
})
after(() => redis?.[Symbol.asyncDispose]())
beforeEach(() => redis?.say('FLUSHALL'))

function charge(requests: number, windowMs = HOUR_MS, more: Partial<Charge> = {}): Charge {
  return { policy: 'address', key: 'a', quota: { requests, windowMs }, cost: 1, ...more }
}

/** Long enough for a Redis that answers, however busy the machine is. */
const PATIENT_MS = 15_000

/** A store of one process, over a connection of its own. */
async function openStore(commandTimeoutMs = PATIENT_MS) {
  const connection = await openRedis(redis.url, commandTimeoutMs)
  await connection.open()
  const shared = createRedisWindows(connection, 'test:')
  return { shared, connection, [Symbol.dispose]: () => connection.close() }
}

/** The same with insurance: what a process has. */
async function openInsured(commandTimeoutMs?: number) {
  const { shared, connection } = await openStore(commandTimeoutMs)
  const said: string[] = []
  const breaker: Breaker = createBreaker({
    clock: systemClock,
    failures: 3,
    pauseMs: 100,
    probe: async () => shared.take([charge(1_000_000, 1_000, { key: 'probe' })]),
    opened: (error) => said.push(`open: ${error instanceof Error ? error.message : error}`),
    closedAgain: () => said.push('closed'),
  })
  const own = createMemoryWindows({ clock: systemClock })
  const store = createInsuredWindows({ shared, own, breaker, share: 0.5 })
  return { store, said, [Symbol.dispose]: () => connection.close() }
}

async function passed(store: WindowStore, times: number, one: Charge): Promise<number> {
  let count = 0
  for (let at = 0; at < times; at++) if ((await store.take([one]))[0]?.allowed) count += 1
  return count
}

test('AK-20 two processes that share Redis let pass what one lets pass, at once too', {
  skip,
}, async () => {
  using one = await openStore()
  using two = await openStore()
  const burst = Array.from({ length: 200 }, (_, at) =>
    (at % 2 ? one : two).shared.take([charge(20)]),
  )
  const standings = await Promise.all(burst)
  assert.equal(standings.filter(([standing]) => standing?.allowed).length, 20)
  const [left] = await one.shared.take([charge(20, HOUR_MS, { cost: 0 })])
  assert.equal(left?.allowed, false)
  assert.ok(left !== undefined && left.resetMs > 0.9 * HOUR_MS && left.resetMs <= 1.1 * HOUR_MS)
})

test('a window in Redis moves on, and its key goes when nothing is counted', { skip }, async () => {
  using store = await openStore()
  const short = charge(3, 1_000)
  assert.equal(await passed(store.shared, 5, short), 3)
  const [standing] = await store.shared.take([short])
  await sleep((standing?.resetMs ?? 0) + 5)
  assert.ok((await passed(store.shared, 5, short)) >= 1)
  await until(async () => Number(await redis.say('DBSIZE')) === 0)
})

test('what one counter refuses is counted in none, in Redis too', { skip }, async () => {
  using store = await openStore()
  const small = charge(1, HOUR_MS, { key: 'b' })
  for (let round = 0; round < 5; round++) await store.shared.take([charge(10), small])
  const [large] = await store.shared.take([charge(10, HOUR_MS, { cost: 0 })])
  assert.equal(large?.remaining, 9)
})

test('FI-31 when Redis’s clock steps back nothing is forgiven and nothing stays for hours', {
  skip,
}, async () => {
  using store = await openStore()
  const far = Math.floor(Date.now() / 6_000) + 600
  await redis.say('HSET', 'test:limit:address:60000:a', String(far), '5')
  const [standing] = await store.shared.take([charge(5, 60_000)])
  assert.equal(standing?.allowed, false)
  assert.ok((standing?.resetMs ?? HOUR_MS) <= 66_000)
  const ttl = Number(await redis.say('PTTL', 'test:limit:address:60000:a'))
  assert.ok(ttl > 0 && ttl <= 66_000, `${ttl}`)
})

test('FI-20 FI-21 Redis that is emptied or forgets its scripts counts anew, without an error', {
  skip,
}, async () => {
  using process = await openInsured()
  assert.equal(await passed(process.store, 4, charge(3)), 3)
  await redis.say('FLUSHALL')
  assert.equal(await passed(process.store, 4, charge(3)), 3)
  await redis.say('SCRIPT', 'FLUSH')
  assert.equal(await passed(process.store, 1, charge(3)), 0)
  assert.deepEqual(process.said, [])
})

const refusals: readonly [
  string,
  readonly [string, ...string[]],
  readonly [string, ...string[]],
][] = [
  ['read-only', ['REPLICAOF', '127.0.0.1', '1'], ['REPLICAOF', 'NO', 'ONE']],
  ['out of memory', ['CONFIG', 'SET', 'maxmemory', '1'], ['CONFIG', 'SET', 'maxmemory', '0']],
]
for (const [name, breakIt, mendIt] of refusals) {
  test(`FI-21 FI-22 Redis that is ${name}: the process limits by itself, stricter, until it is mended`, {
    skip,
  }, async () => {
    using process = await openInsured()
    assert.equal(await passed(process.store, 2, charge(10)), 2)
    await redis.say(...breakIt)
    assert.equal(await passed(process.store, 20, charge(10)), 5, 'half of the quota')
    await until(() => process.said.length === 1)
    await redis.say(...mendIt)
    await until(() => {
      void process.store.take([charge(10, HOUR_MS, { key: 'other' })])
      return process.said.at(-1) === 'closed'
    })
    assert.equal(
      await passed(process.store, 20, charge(10)),
      8,
      'where it stood, without what the process counted',
    )
  })
}

test('FI-18 FI-22 Redis that is killed costs no request, and comes back by itself', {
  skip,
}, async () => {
  using process = await openInsured()
  assert.equal(await passed(process.store, 1, charge(10)), 1)
  await redis.kill()
  const began = performance.now()
  assert.equal(await passed(process.store, 100, charge(10)), 5)
  assert.ok(performance.now() - began < 5_000, 'the defaults of the client take a minute for one')
  await redis.start()
  await until(() => {
    void process.store.take([charge(10, HOUR_MS, { key: 'other' })])
    return process.said.at(-1) === 'closed'
  })
  assert.equal(await passed(process.store, 20, charge(10)), 10)
})

test('FI-19 Redis that is frozen costs three time-outs, then nobody waits', { skip }, async () => {
  using process = await openInsured(250)
  redis.freeze()
  try {
    const began = performance.now()
    assert.equal(await passed(process.store, 500, charge(10)), 5)
    assert.ok(performance.now() - began < 5_000, '500 requests, of which three waited')
    assert.match(process.said[0] ?? '', /timed out/)
  } finally {
    redis.thaw()
  }
  await until(() => {
    void process.store.take([charge(10, HOUR_MS, { key: 'other' })])
    return process.said.at(-1) === 'closed'
  })
})

test('FI-17 Redis that is not there at the start: the process limits by itself from the first request', {
  skip,
}, async () => {
  await redis.kill()
  try {
    using process = await openInsured()
    assert.equal(await passed(process.store, 20, charge(10)), 5)
  } finally {
    await redis.start()
  }
})
