import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Database } from '../../data/index.ts'
import { databaseSettings, openDatabase } from '../../data/index.ts'
import { systemClock } from '../../kernel/index.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { until } from '../../testing/until.ts'
import { grantPlatformRole, listPlatformRoles, revokePlatformRole } from '../index.ts'

const URL_OF_ALL = '/api/v1/platform/tenants'
const silent = { info() {}, warn() {}, error() {} }

let world: World
let owner: Database
let ana: Person
before(async () => {
  world = await startWorld({ features: [] })
  const settings = databaseSettings.parse({ url: world.testDatabase.ownerUrl, pool_size: 1 })
  owner = openDatabase({ settings, clock: systemClock, log: silent })
  ana = await world.signIn('ana', { tenant: 'acme' })
  await world.signIn('eve', { tenant: 'evil' })
})
after(async () => {
  await owner.close()
  await world[Symbol.asyncDispose]()
})

const idOf = async (slug: string): Promise<string> => {
  const text = 'select id from plinth.tenants where slug = $1'
  return (await world.database.platform.query<{ id: string }>(text, [slug])).rows[0]?.id ?? ''
}

/** Somebody who administers the platform and owns nothing in acme or evil. */
async function administrator(name: string, permissions = ['platform:*']): Promise<Person> {
  await world.signIn(name, { tenant: `of-${name}` })
  const granted = await grantPlatformRole(owner.platform, `${name}@example.com`, permissions)
  assert.equal(granted.code, 'done')
  return world.signIn(name, { tenant: `of-${name}` })
}

test('TN-17 an owner of a tenant has no say over the platform, and a grant in a tenant never reaches it', async () => {
  const listing = await ana.get(URL_OF_ALL)
  const target = `${URL_OF_ALL}/${await idOf('evil')}`
  const shutting = await ana.patch(target, { status: 'suspended' })
  const deleting = await ana.delete(target)
  for (const { status, body } of [listing, shutting, deleting]) {
    assert.deepEqual([status, body['code']], [403, 'access.not_permitted'])
  }
  const sly = await world.signIn('sly', { tenant: 'acme', can: ['platform:*', '*'] })
  assert.equal((await sly.get(URL_OF_ALL)).status, 403)
})

test('TN-17 the role that runs the service can make nobody an administrator', async () => {
  const { platform } = world.database
  await assert.rejects(
    grantPlatformRole(platform, 'ana@example.com', ['platform:*']),
    /permission denied/,
  )
  await assert.rejects(platform.query('delete from plinth.platform_roles'), /permission denied/)
  await assert.rejects(grantPlatformRole(owner.platform, 'ana@example.com', ['*']), TypeError)
})

test('TN-17 TN-51 a platform administrator sees and shuts tenants, enters none, and is in the platform’s audit log only', async () => {
  const root = await administrator('root')
  const all = await root.get<{ items: { slug: string; status: string }[] }>(URL_OF_ALL)
  assert.deepEqual(
    all.body.items.map(({ slug }) => slug),
    ['acme', 'evil', 'of-root'],
  )
  const evil = await idOf('evil')
  const target = `${URL_OF_ALL}/${evil}`
  assert.equal((await root.patch(target, { status: 'suspended' })).body['status'], 'suspended')
  assert.equal((await root.get(`/tenants/${evil}`)).status, 404)
  assert.equal((await root.get('/tenants/acme/members')).status, 404)
  const eve = await world.signIn('eve', { tenant: 'evil' })
  assert.equal((await eve.get(`/tenants/${evil}`)).status, 404)
  assert.equal((await root.patch(target, { status: 'active' })).status, 200)
  assert.equal((await eve.get(`/tenants/${evil}`)).status, 200)
  const events = `select action, actor_id is not null as by_person, target_id from plinth.audit_events
                   where action like 'platform.tenant_%' order by occurred_at, id`
  const { rows } = await world.database.platform.query(events)
  assert.deepEqual(rows, [
    { action: 'platform.tenant_suspended', by_person: true, target_id: evil },
    { action: 'platform.tenant_resumed', by_person: true, target_id: evil },
  ])
  assert.equal((await world.database.forTenant(evil as never).query(events)).rowCount, 0)
})

test('TN-51 tenants see their own audit rows only', async () => {
  const [acme, evil] = [await idOf('acme'), await idOf('evil')]
  await ana.patch('/tenants/acme', { name: 'Acme & Co' })
  const seen = async (tenant: string) => {
    const { rows } = await world.database
      .forTenant(tenant as never)
      .query<{ tenant_id: string }>('select distinct tenant_id from plinth.audit_events')
    return rows.map((row) => row.tenant_id)
  }
  assert.deepEqual(await seen(acme), [acme])
  assert.ok(!(await seen(evil)).includes(acme))
})

test('single permissions of the platform give what they say', async () => {
  const reader = await administrator('reader', ['platform:read_tenants'])
  assert.equal((await reader.get(URL_OF_ALL)).status, 200)
  const target = `${URL_OF_ALL}/${await idOf('evil')}`
  assert.equal((await reader.patch(target, { status: 'suspended' })).status, 403)
})

test('SB-17 whoever gains, changes or loses a role signs in anew', async () => {
  const nora = await world.signIn('nora', { tenant: 'of-nora' })
  await grantPlatformRole(owner.platform, 'NORA@example.com', ['platform:*'])
  assert.equal((await nora.get('/tenants')).status, 401)
  const more = await world.signIn('nora', { tenant: 'of-nora' })
  assert.equal((await more.get(URL_OF_ALL)).status, 200)
  await grantPlatformRole(owner.platform, 'nora@example.com', ['platform:read_tenants'])
  // Another process changed it: this one, which knows the session by now, hears of it within a second.
  await until(async () => (await more.get(URL_OF_ALL)).status === 401)
  const again = await world.signIn('nora', { tenant: 'of-nora' })
  const listed = await listPlatformRoles(owner.platform)
  assert.ok(listed.some(({ name, permissions }) => name === 'nora' && permissions.length === 1))
  await revokePlatformRole(owner.platform, 'nora@example.com')
  assert.equal((await again.get(URL_OF_ALL)).status, 401)
})

test('a role goes to one person: by an address that is verified and theirs alone, or by id', async () => {
  const { platform } = world.database
  await platform.query(
    `insert into plinth.people (id, name, email, email_verified) values
       (gen_random_uuid(), 'Twin 1', 'twin@example.com', true),
       (gen_random_uuid(), 'Twin 2', 'twin@example.com', true),
       (gen_random_uuid(), 'Liar', 'liar@example.com', false)`,
  )
  const grant = (who: string) => grantPlatformRole(owner.platform, who, ['platform:*'])
  assert.equal((await grant('nobody@example.com')).code, 'unknown')
  assert.equal((await grant('liar@example.com')).code, 'unknown')
  const several = await grant('twin@example.com')
  assert.ok(several.code === 'several' && several.people.length === 2)
  assert.equal((await grant(several.people[0]?.id ?? '')).code, 'done')
})

test('v5.0.0-V7.5.3 a sign-in that is too long ago shuts no tenant', async () => {
  const root = await administrator('late')
  world.clock.advance(901_000)
  const target = `${URL_OF_ALL}/${await idOf('evil')}`
  assert.equal((await root.patch(target, { status: 'suspended' })).status, 401)
})
