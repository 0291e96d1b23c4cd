import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNewer, versionOrder } from './version-order.ts'

test('versions and plain ranges have an order; anything else has none', () => {
  const ordered = [
    '0.1.0-alpha.2',
    '0.1.0-alpha.10',
    '0.1.0',
    '^0.2.0',
    '~1.0',
    '>=1.4.2',
    '2',
    '10.0.0',
  ]
  const shuffled = ordered.toReversed().sort((a, b) => versionOrder(a, b) ?? 0)
  assert.deepEqual(shuffled, ordered)
  for (const odd of ['latest', 'file:vendor/a.tgz', '>=1 <3', 'github:a/b', '*'])
    assert.equal(isNewer('1.0.0', odd), undefined, odd)
})
