import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { z } from 'zod'
import { permissions } from '../../access/index.ts'
import { feature } from '../../feature/index.ts'
import type { Answer, Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { tenantSettings } from '../index.ts'

const settings = tenantSettings({
  currency: z.enum(['EUR', 'USD']).default('EUR'),
  open: z.boolean().default(false),
})

let world: World
let ana: Person
let eve: Person
before(async () => {
  world = await startWorld({
    features: [
      feature('shop', { permissions: [permissions('product', { read: 'See products' })] }),
    ],
    tenantSettings: settings,
    settings: { 'tenancy.mode': 'organisations', 'tenancy.most_owned': 4 },
  })
  ana = await world.signIn('ana', { tenant: 'acme' })
  eve = await world.signIn('eve', { tenant: 'evil' })
})
after(() => world[Symbol.asyncDispose]())

interface Listed {
  readonly items: readonly Readonly<Record<string, string>>[]
  readonly count: number
  readonly total: number | null
  readonly next_cursor: string | null
}

const idOf = async (slug: string): Promise<string> => {
  const text = 'select id from plinth.tenants where slug = $1'
  return (await world.database.platform.query<{ id: string }>(text, [slug])).rows[0]?.id ?? ''
}
const membersOf = async (who: Person, tenant: string) =>
  (await who.get<Listed>(`/tenants/${tenant}/members?count=exact`)).body
/** A person in a tenant with a role; answers their id. */
async function member(name: string, tenant: string, role: string, can: string[] = []) {
  const person = await world.signIn(name, { tenant, can })
  const id = await personOf(name)
  const door = world.database.forTenant((await idOf(tenant)) as never)
  const text = 'update plinth.memberships set role = $2 where person_id = $1'
  await door.query(text, [id, role])
  return { person, id }
}
const personOf = async (name: string): Promise<string> => {
  const text = 'select id from plinth.people where name = $1'
  return (await world.database.platform.query<{ id: string }>(text, [name])).rows[0]?.id ?? ''
}
const codes = (answers: readonly Answer[]) =>
  answers.map(({ status, body }) => `${status} ${body?.['code'] ?? ''}`)

/**
 * Sends requests while a lock keeps each of them from writing, and lets go when all of them wait: what
 * they read before, they read at the same time.
 */
async function atOnce(
  lock: string,
  many: number,
  send: (at: number) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const holder = new Client(world.testDatabase.adminUrl)
  const watcher = new Client(world.testDatabase.adminUrl)
  await Promise.all([holder.connect(), watcher.connect()])
  try {
    await ana.refreshCsrf()
    await holder.query('begin')
    await holder.query(lock)
    const sent = Promise.all(Array.from({ length: many }, (_, at) => send(at)))
    const waiting = `select from pg_catalog.pg_stat_activity
                      where datname = current_database() and wait_event_type = 'Lock'`
    while ((await watcher.query(waiting)).rowCount !== many) await sleep(5)
    await holder.query('commit')
    return await sent
  } finally {
    await Promise.all([holder.end(), watcher.end()])
  }
}

test('D23 D3 whoever creates an organisation owns it, may enter it at once, and sees it in their list', async () => {
  const made = await ana.post<{ id: string; slug: string }>('/tenants', { name: 'Größe & Söhne' })
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('location'), `/tenants/${made.body.id}`)
  assert.match(made.body.slug, /^gro-?e-sohne-[a-z0-9]{6}$/)
  const read = await ana.get<{ name: string }>(`/tenants/${made.body.id}`)
  assert.equal(read.body.name, 'Größe & Söhne')
  const { items } = await membersOf(ana, made.body.slug)
  assert.deepEqual(
    items.map(({ name, role }) => [name, role]),
    [['ana', 'owner']],
  )
  const page = await ana.get<Listed>('/tenants?limit=1&count=exact')
  assert.deepEqual([page.body.count, page.body.total, page.body.items[0]?.['slug']], [1, 2, 'acme'])
  const rest = await ana.get<Listed>(`/tenants?cursor=${page.body.next_cursor}`)
  assert.deepEqual([rest.body.items[0]?.['id'], rest.body.next_cursor], [made.body.id, null])
  assert.deepEqual((await eve.get<Listed>('/tenants')).body.items.length, 1)
})

test('TN-58 a short name is one of a kind and plain; how many one may own is limited, by person', async () => {
  assert.equal((await ana.post('/tenants', { name: 'B', slug: 'bees' })).status, 201)
  const taken = await eve.post('/tenants', { name: 'B', slug: 'bees' })
  assert.deepEqual(codes([taken]), ['409 tenant.slug_taken'])
  const id = await idOf('acme')
  for (const slug of ['A', 'xn--a-1', 'null', id, id.replaceAll('-', ''), 'a.b', '', '-a']) {
    assert.equal((await ana.post('/tenants', { name: 'B', slug })).status, 422, slug)
  }
  assert.equal((await ana.post('/tenants', { name: ' ' })).status, 422)
  const lock = 'lock table plinth.tenants in share mode'
  const three = await atOnce(lock, 3, () => ana.post('/tenants', { name: 'Fourth' }))
  assert.deepEqual(codes(three).sort(), ['201 ', '409 tenant.too_many', '409 tenant.too_many'])
  assert.equal((await eve.post('/tenants', { name: 'Hers' })).status, 201)
})

test('TN-02 TN-17 TN-18 the tenant of somebody else is not found, by id and by short name, on every route', async () => {
  const evil = [await idOf('acme'), 'acme', 'nowhere', '00000000-0000-7000-8000-000000000009']
  for (const id of evil) {
    const answers = [
      await eve.get(`/tenants/${id}`),
      await eve.patch(`/tenants/${id}`, { name: 'x' }),
      await eve.delete(`/tenants/${id}`),
      await eve.get(`/tenants/${id}/members`),
      await eve.patch(`/tenants/${id}/members/${await personOf('ana')}`, { role: 'member' }),
      await eve.delete(`/tenants/${id}/members/${await personOf('ana')}`),
      await eve.post(`/tenants/${id}/leave`),
      await eve.get(`/tenants/${id}/settings`),
      await eve.put(`/tenants/${id}/settings`, {}),
      await eve.get(`/tenants/${id}/export`),
    ]
    assert.deepEqual(
      codes(answers),
      answers.map(() => '404 tenant.unknown'),
    )
    const body = JSON.stringify({ ...answers[0]?.body, instance: '', request_id: '' })
    assert.doesNotMatch(body, new RegExp(id), 'TN-56 an error shows no foreign value')
  }
  // A person of another tenant is no member of this one, whoever asks.
  const stranger = await ana.patch(`/tenants/acme/members/${await personOf('eve')}`, {
    role: 'owner',
  })
  assert.deepEqual(codes([stranger]), ['404 tenant.member_unknown'])
})

test('a member without the right reads the tenant and changes nothing of it', async () => {
  const { person, id } = await member('mel', 'acme', 'member')
  assert.equal((await person.get('/tenants/acme')).status, 200)
  const answers = [
    await person.patch('/tenants/acme', { name: 'x' }),
    await person.delete('/tenants/acme'),
    await person.get('/tenants/acme/members'),
    await person.patch(`/tenants/acme/members/${id}`, { role: 'owner' }),
    await person.get('/tenants/acme/settings'),
    await person.get('/tenants/acme/export'),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 403),
  )
})

test('an owner changes name and short name, and the change is in the audit log', async () => {
  const changed = await eve.patch<{ slug: string }>('/tenants/evil', { slug: 'good', name: 'Good' })
  assert.deepEqual([changed.status, changed.body.slug], [200, 'good'])
  assert.equal((await eve.get('/tenants/evil')).status, 404)
  assert.deepEqual(codes([await eve.patch('/tenants/good', { slug: 'acme' })]), [
    '409 tenant.slug_taken',
  ])
  assert.equal((await eve.patch('/tenants/good', {})).status, 422)
  const { rows } = await world.database
    .forTenant((await idOf('good')) as never)
    .query("select data from plinth.audit_events where action = 'tenant.updated'")
  assert.deepEqual(rows, [{ data: { fields: ['name', 'slug'] } }])
  await eve.patch('/tenants/good', { slug: 'evil' })
})

test('nobody touches who is above them, raises anybody above themselves, or grants what they do not hold', async () => {
  const admin = await member('adam', 'acme', 'admin')
  const custom = await member('carl', 'acme', 'custom', ['tenant:manage_members', 'product:read'])
  const low = await member('lea', 'acme', 'member')
  const anaId = await personOf('ana')
  const change = (by: Person, id: string, body: object) =>
    by.patch(`/tenants/acme/members/${id}`, body)
  const refused = [
    await change(admin.person, anaId, { role: 'member' }),
    await change(admin.person, low.id, { role: 'owner' }),
    await change(custom.person, low.id, { role: 'admin' }),
    await change(custom.person, custom.id, { role: 'admin' }),
    await change(custom.person, low.id, { permissions: ['*'] }),
    await change(custom.person, low.id, { permissions: ['product:*'] }),
    await change(custom.person, admin.id, { role: 'member' }),
    await custom.person.delete(`/tenants/acme/members/${admin.id}`),
  ]
  assert.deepEqual(
    codes(refused),
    refused.map(() => '403 tenant.beyond_yours'),
  )
  const granted = await change(custom.person, low.id, { permissions: ['product:read'] })
  assert.deepEqual(granted.body['permissions'], ['product:read'])
  const undeclared = await change(ana, low.id, { permissions: ['product:burn'] })
  assert.deepEqual(codes([undeclared]), ['422 permission.unknown'])
  assert.equal((await change(admin.person, low.id, { role: 'admin' })).status, 200)
  const platform = await change(ana, low.id, { permissions: ['platform:manage_tenants'] })
  assert.equal(platform.status, 422, 'a tenant has nothing of the platform to give')
})

test('the last owner stays, also when two owners take the role from each other at once', async () => {
  const made = await ana.get<Listed>('/tenants')
  const tenant = made.body.items.find(({ slug }) => slug === 'bees')?.['id'] ?? ''
  const anaId = await personOf('ana')
  const demote = (by: Person, id: string) =>
    by.patch(`/tenants/${tenant}/members/${id}`, { role: 'member' })
  assert.deepEqual(codes([await demote(ana, anaId), await ana.post(`/tenants/${tenant}/leave`)]), [
    '409 tenant.last_owner',
    '409 tenant.last_owner',
  ])
  const bob = await member('bob', 'bees', 'owner')
  const lock = `select from plinth.memberships where tenant_id = '${await idOf('bees')}' for update`
  const both = await atOnce(lock, 2, (at) =>
    at === 0 ? demote(ana, bob.id) : demote(bob.person, anaId),
  )
  assert.equal(both.filter(({ status }) => status === 200).length, 1)
  const { items } = await membersOf(both[0]?.status === 200 ? ana : bob.person, tenant)
  assert.equal(items.filter(({ role }) => role === 'owner').length, 1)
})

test('TN-13 a member who is removed has no way in from that moment, and leaving is one’s own', async () => {
  const gone = await member('gus', 'acme', 'member')
  assert.equal((await gone.person.get('/tenants/acme')).status, 200)
  assert.equal((await ana.delete(`/tenants/acme/members/${gone.id}`)).status, 204)
  assert.equal((await gone.person.get('/tenants/acme')).status, 404)
  const leaver = await member('liv', 'acme', 'member')
  assert.equal((await leaver.person.post('/tenants/acme/leave')).status, 204)
  assert.equal((await leaver.person.get('/tenants/acme')).status, 404)
})

test('the settings of a tenant are those that the service declares, at their defaults until set', async () => {
  assert.deepEqual((await ana.get('/tenants/acme/settings')).body, { currency: 'EUR', open: false })
  const put = await ana.put('/tenants/acme/settings', { currency: 'USD' })
  assert.deepEqual([put.status, put.body], [200, { currency: 'USD', open: false }])
  const refused = [{ currency: 'GBP' }, { colour: 'red' }, { currency: 1 }]
  for (const body of refused) {
    assert.equal((await ana.put('/tenants/acme/settings', body)).status, 422)
  }
  assert.deepEqual((await eve.get('/tenants/evil/settings')).body, { currency: 'EUR', open: false })
  const door = world.database.forTenant((await idOf('acme')) as never)
  assert.equal((await settings.read(door)).currency, 'USD')
  // Another version of the service knew other settings and other values.
  await door.query(
    `update plinth.tenant_settings set value = '{"currency":"DM","open":true,"old":1}'`,
  )
  assert.deepEqual(await settings.read(door), { currency: 'EUR', open: true })
  assert.throws(() => tenantSettings({ name: z.string() }), /name must have a default/)
})
