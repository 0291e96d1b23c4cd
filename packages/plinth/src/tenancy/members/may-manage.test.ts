import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Membership } from '../membership/membership.ts'
import { mayManage } from './may-manage.ts'

const being = (role: string, permissions: string[] = [], fromRoles: string[] = []): Membership => ({
  role,
  permissions,
  role_permissions: fromRoles,
})
const [owner, admin, member] = [being('owner'), being('admin'), being('member')]
const appointed = being('member', [], ['*'])

test('a role counts like what was given directly, on both sides', () => {
  assert.ok(mayManage(appointed, member, being('custom', ['stock:count'])))
  assert.ok(mayManage(appointed, admin, member), 'everything is everything, wherever it comes from')
  assert.ok(!mayManage(appointed, owner, admin), 'and less than an owner')
  assert.ok(!mayManage(appointed, member, owner))
  const counter = being('custom', ['tenant:manage_members'], ['stock:count'])
  assert.ok(mayManage(counter, member, being('custom', ['stock:count'])))
  assert.ok(
    !mayManage(counter, being('member', [], ['stock:move'])),
    'who holds more through a role',
  )
  assert.ok(!mayManage(counter, appointed))
})

test('a key that holds less than its person raises nobody above itself', () => {
  const within = (...grants: string[]) => ({ ...owner, within: grants })
  assert.ok(mayManage(within('*'), admin, owner))
  for (const narrow of [within('tenant:manage_members'), within('tenant:*'), within()]) {
    assert.ok(!mayManage(narrow, member, owner))
    assert.ok(!mayManage(narrow, member, admin))
    assert.ok(!mayManage(narrow, member, being('custom', ['stock:count'])))
    assert.ok(!mayManage(narrow, admin), 'nor ends who is above it')
    assert.ok(mayManage(narrow, member), 'but whoever holds nothing')
  }
})
