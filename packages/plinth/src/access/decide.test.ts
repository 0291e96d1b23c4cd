import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newId } from '../kernel/index.ts'
import type { Access } from './access.ts'
import { inPerson, open, signedIn } from './access.ts'
import { decide } from './decide.ts'
import { permissions } from './permissions.ts'
import type { Principal } from './principal.ts'

const stock = permissions('stock', { count: 'Count' })
const platform = permissions('platform', { read: 'Read' })
const person: Principal = {
  person: newId<'person'>(),
  name: 'Ana',
  tenant: null,
  permissions: [],
  credential: { kind: 'cookie', id: 'c', authenticatedAt: 0, session: newId<'session'>() },
}
const key: Principal = { ...person, credential: { kind: 'api-key', id: 'k', authenticatedAt: 0 } }
const reader: Principal = { ...key, credential: { ...key.credential, readOnly: true } }
const chief: Principal = { ...person, platform: ['platform:*'] }

type Row = readonly [
  who: Principal | undefined,
  access: Access,
  grants: readonly string[] | undefined,
  answer: string,
  changes?: 'changes',
]
const rows: readonly Row[] = [
  [undefined, open('test'), undefined, 'allowed'],
  [undefined, open('test'), undefined, 'allowed', 'changes'],
  [undefined, signedIn(), ['*'], 'not_signed_in'],
  [undefined, inPerson(), ['*'], 'not_signed_in'],
  [undefined, stock.count, ['*'], 'not_signed_in'],
  [person, signedIn(), undefined, 'allowed'],
  [person, inPerson(), undefined, 'allowed'],
  [key, inPerson(), ['*'], 'not_in_person'],
  [key, signedIn(), [], 'allowed', 'changes'],
  [reader, signedIn(), ['*'], 'allowed'],
  [reader, signedIn(), ['*'], 'read_only', 'changes'],
  [reader, stock.count, ['*'], 'allowed'],
  [reader, stock.count, ['*'], 'read_only', 'changes'],
  [person, stock.count, ['stock:count'], 'allowed', 'changes'],
  [person, stock.count, ['stock:move', 'rbac:*'], 'not_permitted'],
  [person, stock.count, [], 'not_permitted'],
  [person, stock.count, undefined, 'not_permitted'],
  [chief, stock.count, undefined, 'not_permitted'],
  [chief, platform.read, [], 'allowed'],
  [person, platform.read, ['*', 'platform:*', 'platform:read'], 'not_permitted'],
]

test('v5.0.0-V8.2.1 the one decision: a rule, a credential and a place, and nothing that is not said', () => {
  for (const [at, [principal, access, grants, answer, changes]] of rows.entries()) {
    const placement = grants && { tenant: newId<'tenant'>(), permissions: grants }
    const decision = decide({ principal, access, placement, changes: changes !== undefined })
    assert.equal(decision.allowed ? 'allowed' : decision.code, answer, `row ${at}`)
  }
})
