import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createProviderPauses } from './provider-pauses.ts'

/** Pauses over a clock that stands still. */
function standing() {
  const time = { now: 0 }
  const pauses = createProviderPauses({ monotonic: () => time.now })
  const lastsAfter = (ms: number) => {
    const started = time.now
    time.now += ms
    const lasts = pauses.lasts('one')
    time.now = started
    return lasts
  }
  return { time, pauses, lastsAfter }
}

test('RP-98 a pause doubles from failure to failure up to a minute, and its end is left to chance', () => {
  const { time, pauses, lastsAfter } = standing()
  for (const longest of [1, 2, 4, 8, 16, 32, 60, 60].map((seconds) => seconds * 1_000)) {
    pauses.begin('one')
    assert.deepEqual([lastsAfter(longest / 2 - 1), lastsAfter(longest)], [true, false])
    time.now += longest
  }
  const ends = Array.from({ length: 64 }, () => {
    const { pauses: others, lastsAfter: othersLast } = standing()
    others.begin('one')
    return Array.from({ length: 500 }, (_, ms) => 500 + ms).find((ms) => !othersLast(ms))
  })
  assert.ok(new Set(ends).size > 1, 'processes come back one by one')
})

test('RP-98 calls that fail together count once, an answer ends it, and no other provider is meant', () => {
  const { pauses, lastsAfter } = standing()
  for (let at = 0; at < 20; at += 1) pauses.begin('one')
  assert.deepEqual([lastsAfter(499), lastsAfter(1_000), pauses.lasts('two')], [true, false, false])
  pauses.over('one')
  assert.equal(pauses.lasts('one'), false)
  pauses.begin('one')
  assert.equal(lastsAfter(1_000), false, 'it begins anew')
})
