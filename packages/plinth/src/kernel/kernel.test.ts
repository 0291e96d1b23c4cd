import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { Clock } from './index.ts'
import {
  AppError,
  deriveKey,
  hashToken,
  isId,
  mac,
  newId,
  newToken,
  problem,
  Secret,
} from './index.ts'

test('a problem carries its code and sentence, and keeps its reason to itself', () => {
  const retired = problem('product.retired', 409, 'This product is retired.')
  const error = retired('stock was 0')
  assert.ok(error instanceof AppError)
  assert.deepEqual(
    [error.code, error.status, error.message, error.reason],
    ['product.retired', 409, 'This product is retired.', 'stock was 0'],
  )
  assert.throws(() => problem('Retired', 409, 'x'), /must look like/)
})

test('SB-13 v5.0.0-V7.2.3 ids and tokens: canonical, time-ordered, 256 random bits, none twice', () => {
  const ids = Array.from({ length: 1000 }, () => newId())
  assert.ok(ids.every(isId))
  const [early, late] = [newId({ now: () => 1000, monotonic: () => 0 }), newId()]
  assert.ok(early < late)
  const still: Clock = { now: () => 1_800_000_000_000, monotonic: () => 0 }
  const together = Array.from({ length: 2_000 }, () => newId(still))
  assert.deepEqual(together, together.toSorted(), 'those of one millisecond sort as they were made')
  assert.equal(new Set(together).size, together.length)
  const tokens = new Set(Array.from({ length: 100_000 }, newToken))
  assert.equal(tokens.size, 100_000)
  assert.ok([...tokens].every((token) => /^[A-Za-z0-9_-]{43}$/.test(token)))
})

test('SB-13 no bit of a token is fixed, rare, or the same as its neighbour or its predecessor', () => {
  const [tokens, bits] = [2_000, 256]
  const ones = new Array<number>(bits).fill(0)
  const likeNeighbour = new Array<number>(bits).fill(0)
  const likeBefore = new Array<number>(bits).fill(0)
  const bit = (one: Buffer, at: number) => ((one[at >> 3] ?? 0) >> (at & 7)) & 1
  let before = Buffer.from(newToken(), 'base64url')
  for (let count = 0; count < tokens; count += 1) {
    const one = Buffer.from(newToken(), 'base64url')
    for (let at = 0; at < bits; at += 1) {
      ones[at] = (ones[at] ?? 0) + bit(one, at)
      likeNeighbour[at] = (likeNeighbour[at] ?? 0) + (bit(one, at) ^ bit(one, (at + 1) % bits))
      likeBefore[at] = (likeBefore[at] ?? 0) + (bit(one, at) ^ bit(before, at))
    }
    before = one
  }
  // Ten times the deviation that chance has in so many: it does not come to that by itself.
  const isEven = (count: number) => Math.abs(count / tokens - 0.5) < 0.112
  for (const counts of [ones, likeNeighbour, likeBefore]) assert.ok(counts.every(isEven))
})

test('a Secret never prints', () => {
  const secret = new Secret('hunter2-hunter2')
  const printed = [`${secret}`, String(secret), JSON.stringify({ secret }), inspect({ secret })]
  assert.ok(printed.every((text) => !text.includes('hunter2')))
  assert.equal(secret.reveal(), 'hunter2-hunter2')
})

test('SB-22 a token of one purpose does not hash to that of another', () => {
  const token = newToken()
  assert.notDeepEqual(hashToken('session', token), hashToken('pending-login', token))
})

test('mac() separates its parts', () => {
  const key = deriveKey(new Secret('s'), 'csrf')
  assert.notEqual(mac(key, 'ab', 'c'), mac(key, 'a', 'bc'))
})
