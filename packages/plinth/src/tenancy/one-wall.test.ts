import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { Id } from '../kernel/index.ts'
import type { Person, World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

// Tenants are kept apart twice. Here the database does not: the platform's own features must do it alone.

let world: World
let admin: Client
let ana: Person
let eve: Person
const known: Record<string, string> = {}
before(async () => {
  world = await startWorld({ features: [], settings: { 'tenancy.mode': 'organisations' } })
  ana = await world.signIn('ana', { tenant: 'acme' })
  await world.signIn('bob', { tenant: 'acme' })
  eve = await world.signIn('eve', { tenant: 'evil' })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  const { rows: ids } = await admin.query<{ name: string; id: string }>(
    'select name, id from plinth.people union all select slug, id from plinth.tenants',
  )
  for (const { name, id } of ids) known[name] = id
  const role = await ana.post<{ id: string }>('/api/v1/roles', { name: 'keeper of acme' })
  const key = await ana.post<{ api_key: { id: string } }>('/api/v1/api-keys', {
    name: 'key of acme',
    type: 'user',
    scopes: ['people:read'],
  })
  assert.deepEqual([role.status, key.status], [201, 201], JSON.stringify([role.body, key.body]))
  Object.assign(known, { role: role.body.id, key: key.body.api_key.id })
  const given = await ana.put(`/api/v1/people/${known['bob']}/roles/${known['role']}`, {})
  assert.ok(given.status < 300, JSON.stringify(given.body))
  const { rows } = await admin.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
      where c.relnamespace = 'plinth'::regnamespace and c.relrowsecurity`,
  )
  assert.ok(rows.length > 5)
  for (const { name } of rows) await admin.query(`alter table ${name} disable row level security`)
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

test('the second wall is off: a statement that names no tenant sees every one', async () => {
  const door = world.database.forTenant(known['evil'] as Id<'tenant'>)
  const { rowCount } = await door.query('select from plinth.roles where tenant_id = $1', [
    known['acme'],
  ])
  assert.ok(rowCount > 0)
})

/** Whatever of acme could stand in an answer. */
const foreign = () =>
  new RegExp(
    [...['acme', 'ana', 'bob', 'role', 'key'].map((name) => known[name]), 'of acme'].join('|'),
  )

test('TN-40 TN-61 the second wall off: no list of the platform holds anything of another tenant', async () => {
  const lists = [
    'api/v1/roles',
    'api/v1/permissions',
    'api/v1/people?count=exact',
    'api/v1/api-keys',
    'api/v1/service-accounts',
    'api/v1/oauth-clients',
    'tenants?count=exact',
    'tenants/evil/members?count=exact',
    'tenants/evil/invitations',
    'auth/me',
    'auth/web/me',
    'auth/sessions',
  ]
  const wrong: string[] = []
  for (const list of lists) {
    const { status, body } = await eve.get(`/${list}`)
    const found = foreign().exec(JSON.stringify(body))
    if (status !== 200 || found !== null) wrong.push(`${list}: ${status} ${found?.[0] ?? ''}`)
  }
  assert.deepEqual(wrong, [])
})

test('TN-61 the second wall off: what acme has cannot be read, changed, given or taken by id', async () => {
  const people = `/api/v1/people/${known['bob']}`
  const roles = `/api/v1/roles/${known['role']}`
  const own = await eve.post<{ id: string }>('/api/v1/roles', { name: 'keeper' })
  const state = async () =>
    (
      await admin.query(
        `select (select string_agg(r::text, '|' order by r::text) from plinth.roles r where tenant_id = $1)
             || (select string_agg(m::text, '|' order by m::text) from plinth.memberships m where tenant_id = $1)
             || (select string_agg(k::text, '|' order by k::text) from plinth.api_keys k where tenant_id = $1)
           as rows`,
        [known['acme']],
      )
    ).rows[0].rows
  const before = await state()
  const tried = [
    await eve.get(people),
    await eve.patch(people, { status: 'inactive' }),
    await eve.delete(people),
    await eve.get(`${people}/roles`),
    await eve.put(`${people}/roles/${own.body.id}`, {}),
    await eve.put(`/api/v1/people/${known['eve']}/roles/${known['role']}`, {}),
    await eve.delete(`${people}/roles/${known['role']}`),
    await eve.get(roles),
    await eve.patch(roles, { name: 'taken' }),
    await eve.delete(roles),
    await eve.put(`${roles}/permissions/rbac:read`, {}),
    await eve.get(`/api/v1/api-keys/${known['key']}`),
    await eve.patch(`/api/v1/api-keys/${known['key']}`, { name: 'taken' }),
    await eve.delete(`/api/v1/api-keys/${known['key']}`),
    await eve.get('/tenants/acme/members'),
    await eve.patch(`/tenants/evil/members/${known['bob']}`, { role: 'member' }),
    await eve.delete(`/tenants/evil/members/${known['bob']}`),
  ]
  assert.deepEqual(
    tried.map(({ status }) => status),
    tried.map(() => 404),
  )
  assert.doesNotMatch(JSON.stringify(tried.map(({ body }) => body['detail'])), foreign())
  assert.equal(await state(), before)
})
