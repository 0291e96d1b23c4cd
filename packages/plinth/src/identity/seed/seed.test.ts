import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import type { Seeded } from './seed-administrator.ts'
import { seedAdministrator } from './seed-administrator.ts'
import type { SeedWish } from './seed-wish.ts'

let world: World
before(async () => {
  world = await startWorld({ features: [], settings: { 'tenancy.mode': 'organisations' } })
})
after(() => world[Symbol.asyncDispose]())

const seed = (wish: SeedWish, mode: 'none' | 'organisations' = 'organisations', dryRun = false) =>
  seedAdministrator({ platform: world.database.platform, clock: world.clock, mode, dryRun }, wish)
type Done = Extract<Seeded, { readonly code: 'seeded' }>
const done = (seeded: Seeded): Done => {
  assert.equal(seeded.code, 'seeded', JSON.stringify(seeded))
  return seeded as Done
}
const counts = async () => {
  const { rows } = await world.database.platform.query<Record<string, number>>(
    `select (select count(*)::int from plinth.people) as people,
            (select count(*)::int from plinth.tenants) as tenants`,
  )
  return rows[0]
}
const memberOf = async ({ tenant, person }: Done) => {
  const { rows } = await world.database
    .forTenant(tenant.id)
    .query<{ role: string; grants: string[] }>(
      'select role, grants from plinth.memberships where person_id = $1',
      [person.id],
    )
  return rows[0]
}

test('C11 one command makes tenant, roles and administrator; again it changes nothing', async () => {
  const before = await counts()
  const planned = done(await seed({ email: 'ana@seed.test' }, 'organisations', true))
  assert.deepEqual([planned.tenant.slug, planned.person.isNew, planned.given], ['main', true, true])
  assert.deepEqual(await counts(), before, 'a dry run changes nothing')
  const first = done(await seed({ email: ' Ana@SEED.test', name: 'Ana' }))
  assert.deepEqual([first.tenant.isNew, first.person.isNew, first.given], [true, true, true])
  assert.deepEqual(await memberOf(first), { role: 'owner', grants: ['*', '*'] })
  const asked = await world
    .visitor()
    .post('/auth/password-reset-request', { email: 'ana@seed.test' })
  assert.ok(asked.status < 300, JSON.stringify(asked.body))
  await world.drainJobs()
  const { rows: tokens } = await world.database.platform.query<{ purpose: string }>(
    'select purpose from plinth.one_time_tokens where person_id = $1 and consumed_at is null and expires_at > now()',
    [first.person.id],
  )
  assert.deepEqual(tokens, [{ purpose: 'password-reset' }], 'they can set a password')
  const again = done(await seed({ email: 'ana@seed.test' }))
  assert.deepEqual([again.person.id, again.tenant.id], [first.person.id, first.tenant.id])
  assert.deepEqual(
    [again.tenant.isNew, again.person.isNew, again.given, again.rolesMade],
    [false, false, false, 0],
  )
  const { rows } = await world.database
    .forTenant(first.tenant.id)
    .query<{ n: number }>(
      "select count(*)::int as n from plinth.audit_events where action = 'role.given' and actor_kind = 'system'",
    )
  assert.equal(rows[0]?.n, 1)
})

test('C11 in any order: whoever signed in before is the one, and keeps what they are', async () => {
  const ben = await world.signIn('ben', { tenant: 'late', can: [] })
  assert.equal((await ben.get('/api/v1/roles')).status, 403)
  const seeded = done(await seed({ email: 'ben@example.com', tenant: 'late' }))
  assert.deepEqual(
    [seeded.person.isNew, seeded.person.name, seeded.tenant.isNew],
    [false, 'ben', false],
  )
  assert.deepEqual(await memberOf(seeded), { role: 'custom', grants: ['*'] })
  // The news of another process takes a moment.
  const end = performance.now() + 15_000
  while ((await ben.get('/api/v1/roles')).status !== 200) assert.ok(performance.now() < end)
})

test('C11 in any order: whoever was deactivated in the tenant before is its administrator after', async () => {
  const seeded = done(await seed({ email: 'fern@seed.test', tenant: 'shy' }))
  await seed({ email: 'gus@seed.test', tenant: 'shy' })
  const db = world.database.forTenant(seeded.tenant.id)
  const standing = `update plinth.memberships set role = 'member', status = 'inactive' where person_id = $1`
  await db.query(standing, [seeded.person.id])
  assert.deepEqual(await memberOf(seeded), { role: 'member', grants: [] })
  await seed({ email: 'fern@seed.test', tenant: 'shy' })
  assert.deepEqual(await memberOf(seeded), { role: 'member', grants: ['*'] })
})

test('a role that went missing is there again, and what a tenant made of its own stays', async () => {
  const seeded = done(await seed({ email: 'cleo@seed.test', tenant: 'mended' }))
  const db = world.database.forTenant(seeded.tenant.id)
  await db.query("delete from plinth.roles where name in ('support', 'auditor')")
  const again = done(await seed({ person: seeded.person.id, tenant: 'mended' }))
  assert.equal(again.rolesMade, 2)
})

test('where nobody sees tenants the administrator is of the one there is', async () => {
  const seeded = done(await seed({ email: 'dan@seed.test' }, 'none'))
  assert.equal(seeded.tenant.kind, 'service')
  assert.deepEqual(await memberOf(seeded), { role: 'member', grants: ['*'] })
  assert.equal((await seed({ email: 'dan@seed.test', tenant: 'main' }, 'none')).code, 'bad_tenant')
})

test('whatever is unclear is said, and nothing is made', async () => {
  const { platform } = world.database
  await platform.query(
    `insert into plinth.people (id, name, email, email_verified, status) values
       (gen_random_uuid(), 'One', 'twins@seed.test', true, 'active'),
       (gen_random_uuid(), 'Two', 'twins@seed.test', true, 'active'),
       (gen_random_uuid(), 'Off', 'off@seed.test', true, 'disabled')`,
  )
  await platform.query(
    "insert into plinth.tenants (id, slug, name, kind, status) values (gen_random_uuid(), 'shut', 'S', 'organisation', 'suspended')",
  )
  const before = await counts()
  const cases: readonly (readonly [SeedWish, Seeded['code']])[] = [
    [{ email: 'no address' }, 'bad_email'],
    [{}, 'bad_email'],
    [{ person: 'nobody' }, 'person_unknown'],
    [{ person: '00000000-0000-7000-8000-000000000009' }, 'person_unknown'],
    [{ email: 'twins@seed.test', tenant: 'main' }, 'several_people'],
    [{ email: 'off@seed.test', tenant: 'main' }, 'person_disabled'],
    [{ email: 'ana@seed.test' }, 'several_tenants'],
    [{ email: 'ana@seed.test', tenant: 'shut' }, 'bad_tenant'],
    [{ email: 'ana@seed.test', tenant: 'No Slug' }, 'bad_tenant'],
    [{ email: 'ana@seed.test', tenant: 'xn--a' }, 'bad_tenant'],
    [{ email: 'ana@seed.test', tenant: '00000000-0000-7000-8000-000000000009' }, 'bad_tenant'],
  ]
  for (const [wish, code] of cases)
    assert.equal((await seed(wish)).code, code, JSON.stringify(wish))
  assert.deepEqual(await counts(), before)
})

test('an address that only somebody typed makes nobody an administrator', async () => {
  await world.database.platform.query(
    "insert into plinth.people (id, name, email) values (gen_random_uuid(), 'Eve', 'typed@seed.test')",
  )
  const seeded = done(await seed({ email: 'typed@seed.test', tenant: 'typed' }))
  assert.equal(seeded.person.isNew, true)
  assert.notEqual(seeded.person.name, 'Eve')
})
