import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { Placement, Principal } from './index.ts'
import {
  decide,
  describeAccess,
  holds,
  inPerson,
  narrow,
  open,
  permissions,
  signedIn,
} from './index.ts'

const may = permissions('product', { read: 'See products', restock: 'Order new stock' })
const principal: Principal = {
  person: newId<'person'>(),
  name: 'Ana',
  tenant: null,
  permissions: [],
  credential: { kind: 'cookie', id: 'c', authenticatedAt: 0 },
}
const at = (...grants: string[]): Placement => ({
  tenant: newId() as Id<'tenant'>,
  permissions: grants,
})

const key = { kind: 'api-key', id: 'k', authenticatedAt: 0 } as const
const [machine, reader, inside] = [
  { ...principal, credential: key },
  { ...principal, credential: { ...key, readOnly: true } },
  { ...principal, credential: { ...principal.credential, session: newId<'session'>() } },
]

const table = [
  ['a key where a person must be', inPerson(), machine, undefined, 'not_in_person'],
  ['a person where a person must be', inPerson(), inside, undefined, 'allowed'],
  ['nobody where a person must be', inPerson(), undefined, undefined, 'not_signed_in'],
  ['a reading key that changes', may.read, reader, at('*'), 'read_only'],
  ['nobody on an open route', open('probe'), undefined, undefined, 'allowed'],
  ['nobody on a signed-in route', signedIn(), undefined, undefined, 'not_signed_in'],
  ['nobody where a permission is asked', may.read, undefined, undefined, 'not_signed_in'],
  ['somebody on a signed-in route', signedIn(), principal, undefined, 'allowed'],
  ['somebody without a tenant', may.read, principal, undefined, 'not_permitted'],
  ['somebody without the permission', may.restock, principal, at('product:read'), 'not_permitted'],
  ['the exact permission', may.read, principal, at('product:read'), 'allowed'],
  ['the area wildcard', may.restock, principal, at('product:*'), 'allowed'],
  ['the full wildcard', may.restock, principal, at('*'), 'allowed'],
  ['another area wildcard', may.restock, principal, at('products:*', 'prod:*'), 'not_permitted'],
  [
    'a prefix is not a wildcard',
    may.restock,
    principal,
    at('product:re*', 'product:'),
    'not_permitted',
  ],
] as const

for (const [title, access, who, placement, expected] of table) {
  test(`decide: ${title} → ${expected}`, () => {
    const decision = decide({ access, principal: who, placement, changes: true })
    assert.equal(decision.allowed ? 'allowed' : decision.code, expected)
  })
}

test('open() needs a reason and permissions a grammar', () => {
  assert.throws(() => open('  '), /needs a reason/)
  assert.throws(() => permissions('Product', { read: 'x' }), /must match/)
  assert.throws(() => permissions('product', { 'read:all': 'x' }), /must match/)
  assert.equal(describeAccess(open('probe')), 'public (probe)')
  assert.equal(holds([], 'a:b'), false)
})

test('a reading key reads: only methods that change are refused', () => {
  const question = { access: may.read, principal: reader, placement: at('product:read') }
  assert.equal(decide({ ...question, changes: false }).allowed, true)
})

test('AK-10: scopes narrow grants by the exact grammar, and nothing else is a scope', () => {
  const cases: [string[], string[], string[]][] = [
    [['*'], ['product:read'], ['product:read']],
    [['product:read'], ['*'], ['product:read']],
    [
      ['product:*', 'order:read'],
      ['product:read', 'order:*'],
      ['product:read', 'order:read'],
    ],
    [['product:read'], ['product:restock'], []],
    [['*'], [], []],
    [['*'], ['READ:users', 'read:users ', 'read:users\0', 'admin*', ':*', '**', ''], []],
    [['product:*'], ['prod:*'], []],
  ]
  for (const [grants, scopes, met] of cases) {
    assert.deepEqual(narrow(grants, scopes).toSorted(), met.toSorted(), scopes.join())
  }
})
