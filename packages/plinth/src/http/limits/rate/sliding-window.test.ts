import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createTestClock } from '../../../testing/test-clock.ts'
import { createMemoryWindows } from './memory-windows.ts'
import type { Charge, Policy } from './window-store.ts'

const QUOTA = { requests: 5, windowMs: 1_000 }

function charge(key: string, more: Partial<Charge> = {}): Charge {
  return { policy: 'address', key, quota: QUOTA, cost: 1, ...more }
}

/** A clock that stands where a test puts it. */
function standingClock() {
  const clock = { at: 0, monotonic: () => clock.at }
  return clock
}

test('AK-20 in no time as long as the window do more than the quota pass, at an edge neither', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 120 }), (pauses) => {
      const clock = standingClock()
      const store = createMemoryWindows({ clock })
      const passed: number[] = []
      for (const pause of pauses) {
        clock.at += pause
        if (store.take([charge('a')])[0]?.allowed) passed.push(clock.at)
      }
      for (const from of passed) {
        const inWindow = passed.filter((at) => at >= from && at < from + QUOTA.windowMs)
        assert.ok(inWindow.length <= QUOTA.requests, `${inWindow.length} from ${from} on`)
      }
    }),
  )
})

test('whoever waits as long as they are told finds something left', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 60 }), (pauses) => {
      const clock = standingClock()
      const store = createMemoryWindows({ clock })
      for (const pause of pauses) {
        clock.at += pause
        const [standing] = store.take([charge('a')])
        assert.ok((standing?.resetMs ?? 0) <= QUOTA.windowMs * 1.1)
        if (standing?.allowed !== false) continue
        clock.at += standing.resetMs
        assert.equal(store.take([charge('a')])[0]?.allowed, true)
      }
    }),
  )
})

test('a request that one counter refuses is counted in none', () => {
  const store = createMemoryWindows({ clock: standingClock() })
  const small = charge('b', { quota: { requests: 1, windowMs: 1_000 } })
  store.take([charge('a'), small])
  for (let round = 0; round < 10; round++) store.take([charge('a'), small])
  assert.equal(store.take([charge('a')])[0]?.remaining, 3)
})

test('to ask costs nothing and keeps nothing', () => {
  const store = createMemoryWindows({ clock: standingClock() })
  assert.deepEqual(store.take([charge('a', { cost: 0 })]), [
    { allowed: true, limit: 5, remaining: 5, resetMs: 0 },
  ])
  assert.equal(store.size, 0)
})

test('a flood of addresses pushes out the oldest address and nobody’s account', () => {
  const store = createMemoryWindows({ clock: standingClock(), mostPerPolicy: 100 })
  const account = { policy: 'account' as Policy, quota: { requests: 1, windowMs: 60_000 } }
  store.take([charge('ana', account)])
  for (let at = 0; at < 1_000; at++) store.take([charge(`address ${at}`)])
  assert.equal(store.size, 101)
  assert.equal(store.take([charge('ana', account)])[0]?.allowed, false)
})

test('FI-31 a clock that steps back forgives nothing, and one that jumps ahead owes nothing', () => {
  const clock = createTestClock()
  const store = createMemoryWindows({ clock })
  const take = () => store.take([charge('a')])[0]?.allowed
  for (let at = 0; at < 5; at++) assert.equal(take(), true)
  clock.advance(-3_600_000)
  assert.equal(take(), false)
  clock.advance(2 * 3_600_000)
  assert.equal(take(), true)
})
