import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { newId } from '../kernel/index.ts'
import type { Asker } from './can.ts'
import { can, canAny, own, ownOrCan } from './can.ts'
import { permissions } from './permissions.ts'

const may = permissions('stock', { count: 'Count', move: 'Move' })
const person = newId<'person'>()

const asking = (grants: readonly string[], platform: readonly string[] = []): Asker => ({
  principal: {
    person,
    name: 'Ana',
    tenant: null,
    permissions: [],
    platform,
    credential: { kind: 'cookie', id: 'c', authenticatedAt: 0 },
  },
  placement: { tenant: newId<'tenant'>(), permissions: grants },
})

test('can() holds what is granted by name, by area, or as everything, and nothing beside it', () => {
  for (const grants of [['stock:count'], ['stock:*'], ['*']]) {
    assert.ok(can(asking(grants), may.count), grants.join())
    assert.ok(can(asking(grants), 'stock:count'), grants.join())
  }
  for (const grant of [
    'stock:move',
    'stock',
    'stocks:*',
    'stock:',
    '*:count',
    '*:*',
    '**',
    ' *',
    'STOCK:*',
    'stock:c*',
    '',
  ])
    assert.ok(!can(asking([grant]), may.count), grant)
})

test('v5.0.0-V8.2.1 whoever is nobody, or stands nowhere, can nothing', () => {
  const { principal, placement } = asking(['*'])
  assert.ok(!can({ principal: undefined, placement }, may.count))
  assert.ok(!can({ principal, placement: undefined }, may.count))
  assert.ok(!canAny({ principal: undefined, placement }, [may.count, may.move]))
})

test('TN-17 everything in a tenant is nothing on the platform, and the other way round', () => {
  assert.ok(!can(asking(['*', 'platform:*']), 'platform:read_tenants'))
  assert.ok(can(asking([], ['platform:*']), 'platform:read_tenants'))
  assert.ok(!can(asking([], ['platform:*', '*']), may.count))
})

test('canAny() asks for one of several; of none it says no', () => {
  assert.ok(canAny(asking(['stock:move']), [may.count, may.move]))
  assert.ok(!canAny(asking(['stock:move']), [may.count, 'stock:burn']))
  assert.ok(!canAny(asking(['*']), []))
})

test('v5.0.0-V8.2.2 own() is one’s own only: not of others, not of nobody, not for nobody', () => {
  const asker = asking(['*'])
  assert.ok(own(asker, person))
  for (const owner of [null, '', newId(), person.toUpperCase()]) assert.ok(!own(asker, owner))
  assert.ok(!own({ principal: undefined }, person))
  assert.ok(ownOrCan(asking([]), person, may.count))
  assert.ok(ownOrCan(asking(['stock:count']), newId(), may.count))
  assert.ok(!ownOrCan(asking(['stock:move']), newId(), may.count))
})

test('no set of grants without a wildcard gives a permission that it does not name', () => {
  const part = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/)
  const name = fc.tuple(part, part).map((parts) => parts.join(':'))
  fc.assert(
    fc.property(fc.array(name), name, (grants, wanted) => {
      assert.equal(
        can(asking(grants), wanted),
        grants.includes(wanted) && !wanted.startsWith('platform:'),
      )
    }),
  )
})
