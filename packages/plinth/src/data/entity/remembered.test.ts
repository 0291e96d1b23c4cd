import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Remembered } from './remembered.ts'

test('no variety of requests makes what is remembered grow, and those in use stay', () => {
  const remembered = new Remembered<number>(200)
  let made = 0
  const ask = (key: string) =>
    remembered.get(key, () => {
      made += 1
      return made
    })
  const popular = ask('newest')
  for (let at = 0; at < 1_000; at += 1) {
    ask(`hostile ${at}`)
    assert.equal(ask('newest'), popular)
  }
  assert.equal(made, 1_001)
  assert.ok(remembered.size <= 200)
})
