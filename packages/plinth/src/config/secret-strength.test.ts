import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { test } from 'node:test'
import { secretWeakness } from './secret-strength.ts'

const weak = [
  'changeme',
  'change-me-please-change-me-please!',
  'secret',
  'CHANGE_THIS_IN_PRODUCTION_1234567890',
  'your-secret-key-here-min-32-chars-x',
  'your-session-signing-secret-goes-here',
  'super-secret-super-secret-1234567',
  'dev-only-4jK29dkQ0sLw8Ty3Bn5Vc7Xz',
  '<generate a random string of 32+>',
  '${SESSION_SIGNING_SECRET}',
  'a'.repeat(64),
  'abc'.repeat(12),
  '0123456789'.repeat(4),
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabcdefgh',
  'ababababbabababbabbabababababbab',
]

for (const text of weak) {
  test(`FI-52 the secret ${JSON.stringify(text)} is refused`, () => {
    assert.notEqual(secretWeakness(text), undefined)
  })
}

test('random secrets of the usual forms are taken', () => {
  for (let round = 0; round < 2_000; round++) {
    for (const form of ['base64', 'base64url', 'hex'] as const) {
      assert.equal(secretWeakness(randomBytes(32).toString(form)), undefined)
    }
  }
})

test('a text of a million characters is judged at once', () => {
  const started = process.threadCpuUsage()
  secretWeakness(`${'ab'.repeat(500_000)}c`)
  assert.ok(process.threadCpuUsage(started).user < 1_000_000)
})
