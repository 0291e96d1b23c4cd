import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FastifyRequest } from 'fastify'
import { configuredStrategies, splitsPaths, tenancySettings } from './index.ts'

const refused: readonly object[] = [
  { mode: 'schemas' },
  { strategies: ['cookie'] },
  { header_name: 'X Tenant' },
  { header_name: 'X_Tenant' },
  { base_domain: 'API.example.com' },
  { base_domain: 'api.example.com.' },
  { base_domain: 'https://api.example.com' },
  { default_tenant: 'No Name' },
  { member_permissions: ['everything'] },
  { most_owned: 0 },
  { schema_per_tenant: true },
]
test('settings of tenants that mean nothing are refused', () => {
  for (const settings of refused) {
    assert.equal(tenancySettings.safeParse(settings).success, false, JSON.stringify(settings))
  }
})

test('C14 header and claim have the names that the settings give them', () => {
  const settings = tenancySettings.parse({ header_name: 'Accent-Tenant', claim_name: 'org' })
  const request = {
    headers: { 'accent-tenant': 'acme', 'x-tenant-id': 'other' },
    user: { org: 'beta', tenant_id: 'gamma' },
  } as Partial<FastifyRequest> as FastifyRequest
  const said = configuredStrategies(settings, []).map((one) => [one.name, one.find(request)])
  assert.deepEqual(said, [
    ['header', 'acme'],
    ['claim', 'beta'],
  ])
})

test('in mode none no strategy is asked and no path is split', () => {
  const settings = tenancySettings.parse({ mode: 'none', strategies: ['header', 'path'] })
  assert.deepEqual(configuredStrategies(settings, []), [])
  assert.equal(splitsPaths(settings), false)
  assert.equal(splitsPaths({ ...settings, mode: 'personal' }), true)
})
