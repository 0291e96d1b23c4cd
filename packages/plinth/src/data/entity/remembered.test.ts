import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Shapes } from './shapes.ts'

test('no variety of requests makes the compiled shapes grow, and those in use stay', () => {
  const shapes = new Shapes<number>()
  let made = 0
  const ask = (shape: string) =>
    shapes.get(shape, () => {
      made += 1
      return made
    })
  const popular = ask('newest')
  for (let at = 0; at < 1_000; at += 1) {
    ask(`hostile ${at}`)
    assert.equal(ask('newest'), popular)
  }
  assert.equal(made, 1_001)
  assert.ok(shapes.size <= 200)
})
