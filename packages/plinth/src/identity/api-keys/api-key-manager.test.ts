import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { keyed, roomyKeys } from '../../testing/api-keys.ts'
import type { World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { APIKeyManager, importKeys, KEY_PATTERN, TEST_KEY_PATTERN } from '../index.ts'
import { keyFault } from './api-key.ts'
import { wares } from './api-keys.fixture.ts'
import { readKey } from './api-keys.repository.ts'
import type { KeyType } from './key-format.ts'
import { displayPrefix, hashKey, KEY_TYPES, newKey } from './key-format.ts'

let world: World
before(async () => {
  world = await startWorld({ features: [wares], settings: roomyKeys })
  await world.signIn('ana')
  await world.signIn('bo', { can: ['ware:read'] })
})
after(() => world[Symbol.asyncDispose]())

const manager = () => new APIKeyManager({ platform: world.database.platform, clock: world.clock })
const statusOf = async (key: string) => (await keyed(world, key).get('/wares')).status

test('AK-28 the documented patterns find every key, tell test keys apart, and leave the rest alone', () => {
  for (const type of KEY_TYPES) {
    for (let at = 0; at < 50; at += 1) {
      const [live, spare] = [newKey(type, { test: false }), newKey(type, { test: true })]
      assert.match(`token="${live}"`, KEY_PATTERN)
      assert.match(`X-API-Key: ${spare}\n`, KEY_PATTERN)
      assert.match(spare, TEST_KEY_PATTERN)
      assert.ok(!TEST_KEY_PATTERN.test(live))
      assert.match(live, new RegExp(`^[sura]k_${type}_[A-Za-z0-9_-]{43}$`))
      assert.equal(displayPrefix(live).length, 12)
    }
  }
  for (const text of ['uk_user_short', `xuk_user_${'a'.repeat(43)}`, `uk_user_${'a'.repeat(44)}`])
    assert.ok(!KEY_PATTERN.test(text), text)
})

test('generateKey answers the key and its record, for people and for service accounts', async () => {
  const [key, record] = await manager().generateKey({
    keyType: 'service',
    tenant: 'acme',
    owner: 'nightly sync',
    makeAccount: true,
    name: 'sync',
    permissions: ['ware:read'],
    scopes: ['ware:count'],
    rateLimit: 5_000,
  })
  assert.match(key, /^sk_service_/)
  assert.deepEqual(
    [record.owner_kind, record.scopes, record.rate_limit],
    ['service', ['ware:count', 'ware:read'], 5_000],
  )
  assert.equal(await statusOf(key), 200)
  const [second] = await manager().generateKey({
    keyType: 'service',
    tenant: 'acme',
    owner: 'nightly sync',
    name: 'sync 2',
    scopes: ['ware:read'],
  })
  assert.equal(await statusOf(second), 200)
  assert.equal((await manager().listKeys('acme')).length, 2)
  const [next] = await manager().rotateKey(record.id, 0)
  assert.deepEqual([await statusOf(key), await statusOf(next)], [401, 200])
  const made = (await manager().listKeys('acme')).at(-1)
  assert.equal(await manager().revokeKey(made?.id ?? ''), 1)
})

test('AK-11 the service itself gives nobody more than they have, and names who is not meant', async () => {
  const base = { keyType: 'user' as KeyType, tenant: 'acme', name: 'k' }
  const refusals: readonly (readonly [object, string])[] = [
    [{ owner: 'bo@example.com', scopes: ['ware:write'] }, 'api_key.beyond_yours'],
    [{ owner: 'bo@example.com', keyType: 'admin', scopes: [] }, 'api_key.beyond_yours'],
    [{ owner: 'nobody@example.com', scopes: [] }, 'api_key.owner_unknown'],
    [{ owner: 'bo@example.com', tenant: 'nowhere', scopes: [] }, 'tenant.unknown'],
    [{ owner: 'bo@example.com', keyType: 'service', scopes: [] }, 'api_key.unfit'],
  ]
  for (const [args, code] of refusals)
    await assert.rejects(manager().generateKey({ owner: '', ...base, ...args }), { code })
  const [key] = await manager().generateKey({
    ...base,
    owner: 'bo@example.com',
    scopes: ['ware:read'],
  })
  assert.equal(await statusOf(key), 200)
  await assert.rejects(manager().revokeKey('00000000-0000-7000-8000-000000000000'), {
    code: 'api_key.unknown',
  })
})

test('AK-28 production neither makes nor takes test keys', async () => {
  const platform = world.database.platform
  const strict = new APIKeyManager({ platform, production: true })
  const asked = {
    keyType: 'user',
    tenant: 'acme',
    owner: 'bo@example.com',
    name: 't',
    test: true,
  } as const
  await assert.rejects(strict.generateKey({ ...asked, scopes: [] }), { code: 'api_key.unfit' })
  const [key] = await manager().generateKey({ ...asked, scopes: [] })
  const row = await readKey(platform, Buffer.from(hashKey(key), 'hex'))
  assert.ok(row)
  const nowMs = world.clock.now()
  assert.equal(keyFault(row, { nowMs, production: true }), 'test_key')
  assert.equal(keyFault(row, { nowMs, production: false }), undefined)
  const faults = [
    [{ revoked_at: row.expires_at }, 'revoked'],
    [{ expires_at: '2020-01-01T00:00:00.000Z' }, 'expired'],
    [{}, 'test_key'],
    [{ test: false, owner_status: 'disabled' }, 'owner_disabled'],
    [{ test: false, owner_status: 'active', tenant_status: 'suspended' }, 'tenant_inactive'],
    [{ test: false, owner_status: 'active', tenant_status: 'active' }, 'not_a_member'],
  ] as const
  const worst = { ...row, grants: null, tenant_status: 'deleted', owner_status: 'disabled' }
  for (const [change, code] of faults)
    assert.equal(keyFault({ ...worst, ...change }, { nowMs, production: true }), code)
})

test('hashes of another system are taken over, in hex and base64, and their keys go on working', async () => {
  const { platform } = world.database
  const keys = [
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    `legacy.${'k'.repeat(30)}`,
    `other-${'q'.repeat(20)}`,
  ]
  const [hex, base64, base64url] = keys.map((key) => Buffer.from(hashKey(key), 'hex'))
  const entry = { tenant: 'acme', owner: 'bo@example.com', name: 'old', scopes: ['ware:read'] }
  const entries = [
    { ...entry, hash: hex?.toString('hex').toUpperCase(), prefix: 'sk_live_4eC3' },
    { ...entry, hash: base64?.toString('base64'), rate_limit: 100 },
    { ...entry, hash: base64url?.toString('base64url'), expires_at: '2099-01-01T00:00:00Z' },
  ]
  const deps = { platform, clock: world.clock }
  for (const key of keys) assert.equal(await statusOf(key), 401)
  assert.deepEqual(await importKeys({ ...deps, dryRun: true }, entries), {
    imported: 3,
    known: 0,
    faults: [],
  })
  assert.deepEqual((await importKeys(deps, entries)).imported, 3)
  assert.deepEqual((await importKeys(deps, entries)).known, 3)
  world.clock.advance(1_000)
  for (const key of keys) assert.equal(await statusOf(key), 200)
  const shown = (await manager().listKeys('acme')).filter(({ name }) => name === 'old')
  assert.deepEqual(
    shown.map(({ prefix }) => prefix),
    ['sk_live_4eC3', '', ''],
  )
})

test('an import with a fault writes nothing and names each entry', async () => {
  const deps = { platform: world.database.platform, clock: world.clock }
  const hash = hashKey('a key of another system')
  const entry = { tenant: 'acme', owner: 'bo@example.com', name: 'x', scopes: ['ware:read'], hash }
  const { imported, faults } = await importKeys(deps, [
    entry,
    { ...entry, hash: 'short' },
    { ...entry, tenant: 'nowhere' },
    { ...entry, owner: 'eve@example.com' },
    { ...entry, scopes: ['*'] },
    { ...entry, scopes: ['platform:*'] },
    { ...entry, key: 'secret' },
    'no entry',
  ])
  assert.equal(imported, 0)
  assert.deepEqual(
    faults.map((fault) => fault.slice(0, 8)),
    ['entry 2:', 'entry 3:', 'entry 4:', 'entry 5:', 'entry 6:', 'entry 7:', 'entry 8:'],
  )
  assert.ok(!(await manager().listKeys('acme')).some(({ name }) => name === 'x'))
  assert.equal((await importKeys(deps, { not: 'a list' })).faults.length, 1)
})
