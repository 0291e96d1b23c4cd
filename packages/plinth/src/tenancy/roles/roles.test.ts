import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { permissions } from '../../access/index.ts'
import { feature, route } from '../../feature/index.ts'
import type { Answer, Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { builtInRoles } from './built-in-roles.ts'

const may = permissions('stock', { count: 'Count the stock', move: 'Move the stock' })
const shop = feature('shop', {
  permissions: [may],
  routes: [
    route('GET /count', { access: may.count, handle: () => undefined }),
    route('POST /move', { access: may.move, handle: () => undefined }),
  ],
})

let world: World
let ana: Person
let eve: Person
before(async () => {
  world = await startWorld({
    features: [shop],
    settings: { 'tenancy.mode': 'organisations', 'app.compat': ['s3'] },
  })
  ana = await world.signIn('ana')
  eve = await world.signIn('eve', { tenant: 'evil' })
})
after(() => world[Symbol.asyncDispose]())

interface Role {
  readonly id: string
  readonly name: string
  readonly permissions: readonly string[]
  readonly built_in: boolean
}
interface List<T> {
  readonly items: readonly T[]
  readonly count: number
  readonly total: number | null
  readonly next_cursor: string | null
}

const ROLES = '/api/v1/roles'
const idOf = async (name: string): Promise<string> => {
  const { rows } = await world.database.platform.query<{ id: string }>(
    'select id from plinth.people where name = $1',
    [name],
  )
  return rows[0]?.id ?? ''
}
const seeded = async (name: string, who = ana): Promise<string> => {
  const { body } = await who.get<List<Role>>(`${ROLES}?limit=100`)
  return body.items.find((one) => one.name === name)?.id ?? ''
}
const make = async (name: string, grants: readonly string[] = [], who = ana): Promise<Role> => {
  const made = await who.post<Role>(ROLES, { name, permissions: grants })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  return made.body
}
const codeOf = ({ status, body }: Answer) => `${status} ${body?.['code'] ?? ''}`

test('C11 D3 every tenant has the built-in roles, listed page by page, at both paths', async () => {
  const { status, body } = await ana.get<List<Role>>(`${ROLES}?count=exact`)
  assert.deepEqual([status, body.count, body.total, body.next_cursor], [200, 4, 4, null])
  const lines = body.items.map(({ name, permissions: gives }) => `${name}: ${gives.join(' ')}`)
  const wanted = builtInRoles.map(({ name, grants }) => `${name}: ${grants.join(' ')}`)
  assert.deepEqual(lines.toSorted(), wanted)
  assert.ok(body.items.every((role) => role.built_in))
  const first = await ana.get<List<Role>>(`${ROLES}?limit=3`)
  const rest = await ana.get<List<Role>>(`${ROLES}?limit=3&cursor=${first.body.next_cursor}`)
  const ids = [...first.body.items, ...rest.body.items].map(({ id }) => id)
  assert.deepEqual(
    ids,
    body.items.map(({ id }) => id),
  )
  assert.deepEqual((await ana.get('/roles?count=exact')).body, body)
  assert.equal((await ana.get(`${ROLES}?limit=101`)).status, 422)
})

test('D1 D3 a role is made, read, replaced, changed and deleted; a stale change is 412', async () => {
  const made = await ana.post<Role>(ROLES, {
    name: ' Packers ',
    permissions: ['stock:move', 'stock:count'],
  })
  assert.equal(made.status, 201)
  const path = made.headers.get('location') ?? ''
  assert.equal(path, `${ROLES}/${made.body.id}`)
  assert.deepEqual(
    [made.body.name, made.body.permissions],
    ['Packers', ['stock:count', 'stock:move']],
  )
  const tag = made.headers.get('etag') ?? ''
  assert.equal((await ana.get(path)).headers.get('etag'), tag)
  const renamed = await ana.patch<Role>(path, { description: 'They pack' }, { 'if-match': tag })
  assert.deepEqual([renamed.status, renamed.body.name], [200, 'Packers'])
  for (const stale of [tag, 'W/"1"', '"999999999999"'])
    assert.equal(
      codeOf(await ana.patch(path, { name: 'X' }, { 'if-match': stale })),
      '412 entity.stale',
    )
  const put = await ana.put<Role>(path, { name: 'Packers', permissions: ['stock:count'] })
  assert.deepEqual(
    [put.body.permissions, Reflect.get(put.body, 'description')],
    [['stock:count'], ''],
  )
  const kept = await ana.put<Role>(path, { name: 'Packers' })
  assert.deepEqual(kept.body.permissions, ['stock:count'], 'what is not named is not taken away')
  assert.equal(codeOf(await ana.post(ROLES, { name: 'packers' })), '409 role.name_taken')
  const other = await make('Others')
  assert.equal(
    codeOf(await ana.patch(`${ROLES}/${other.id}`, { name: 'PACKERS' })),
    '409 role.name_taken',
  )
  for (const body of [
    {},
    { name: '' },
    { name: 'a\nb' },
    { name: 'x', id: made.body.id },
    { name: 'x', built_in: true },
  ])
    assert.equal((await ana.post(ROLES, body)).status, 422, JSON.stringify(body))
  assert.equal((await ana.patch(path, {})).status, 422)
  assert.equal((await ana.delete(path)).status, 204)
  assert.equal(codeOf(await ana.delete(path)), '404 role.unknown')
  assert.equal(codeOf(await ana.get(path)), '404 role.unknown')
})

test('D23 v5.0.0-V8.3.2 what a role gives and takes counts in the next request', async () => {
  const ben = await world.signIn('ben', { can: [] })
  const [role, person] = [(await make('Movers')).id, await idOf('ben')]
  const link = `/api/v1/people/${person}/roles/${role}`
  assert.equal((await ben.post('/move')).status, 403)
  assert.equal((await ana.put(link, {})).status, 204)
  assert.equal((await ana.put(link, {})).status, 204, 'giving twice is giving')
  assert.equal((await ben.post('/move')).status, 403)
  assert.equal((await ana.put(`${ROLES}/${role}/permissions/stock:move`, {})).status, 204)
  assert.equal((await ben.post('/move')).status, 204)
  assert.equal((await ben.get('/count')).status, 403)
  assert.equal((await ana.put(`/roles/${role}/permissions/stock:*`, {})).status, 204)
  assert.equal((await ben.get('/count')).status, 204)
  const listed = await ana.get<List<Role>>(`/people/${person}/roles`)
  assert.deepEqual(
    listed.body.items.map(({ name }) => name),
    ['Movers'],
  )
  assert.equal((await ana.delete(`${ROLES}/${role}/permissions/stock:*`)).status, 204)
  assert.equal((await ben.get('/count')).status, 403)
  assert.equal((await ana.patch(`${ROLES}/${role}`, { is_active: false })).status, 200)
  assert.equal((await ben.post('/move')).status, 403)
  assert.equal((await ana.patch(`${ROLES}/${role}`, { is_active: true })).status, 200)
  assert.equal((await ben.post('/move')).status, 204)
  assert.equal((await ana.delete(link)).status, 204)
  assert.equal((await ben.post('/move')).status, 403)
  assert.equal(codeOf(await ana.delete(link)), '404 role.not_given')
  const gone = `${ROLES}/${role}/permissions/stock:*`
  assert.equal(codeOf(await ana.delete(gone)), '404 role.not_granted')
})

test('nobody grants more than they hold, to a role, through a role, or to themselves', async () => {
  const cleo = await world.signIn('cleo', { can: ['rbac:read', 'rbac:manage', 'stock:count'] })
  const [own, strong] = [
    await make('Counters', ['stock:count'], cleo),
    await make('Strong', ['stock:*']),
  ]
  const [me, member] = [await idOf('cleo'), await idOf('ben')]
  const beyond: readonly (() => Promise<Answer>)[] = [
    () => cleo.post(ROLES, { name: 'Mine', permissions: ['stock:move'] }),
    () => cleo.post(ROLES, { name: 'Mine', permissions: ['stock:*'] }),
    () => cleo.post(ROLES, { name: 'Mine', permissions: ['*'] }),
    () => cleo.patch(`${ROLES}/${own.id}`, { permissions: ['stock:count', 'stock:move'] }),
    () => cleo.put(`${ROLES}/${own.id}/permissions/stock:move`, {}),
    () => cleo.put(`${ROLES}/${own.id}/permissions/*`, {}),
    () => cleo.patch(`${ROLES}/${strong.id}`, { name: 'Weak' }),
    () => cleo.delete(`${ROLES}/${strong.id}`),
    () => cleo.delete(`${ROLES}/${strong.id}/permissions/stock:*`),
    () => cleo.put(`/people/${me}/roles/${strong.id}`, {}),
    () => cleo.put(`/people/${member}/roles/${strong.id}`, {}),
  ]
  for (const [at, tried] of beyond.entries())
    assert.equal(codeOf(await tried()), '403 role.beyond_yours', `case ${at}`)
  assert.equal(
    codeOf(await cleo.put(`/people/${me}/roles/${await seeded('admin')}`, {})),
    '403 role.beyond_yours',
  )
  assert.equal(
    codeOf(await cleo.put(`/people/${await idOf('ana')}/roles/${own.id}`, {})),
    '403 role.beyond_yours',
  )
  assert.equal((await cleo.put(`/people/${member}/roles/${own.id}`, {})).status, 204)
  assert.equal((await cleo.post(ROLES, { name: 'Also', permissions: ['stock:count'] })).status, 201)
})

test('built-in roles are given and taken, and never changed', async () => {
  for (const name of ['admin', 'auditor', 'operator', 'support']) {
    const path = `${ROLES}/${await seeded(name)}`
    const tried = [
      () => ana.patch(path, { name: 'Other' }),
      () => ana.put(path, { name, permissions: ['stock:count'] }),
      () => ana.delete(path),
      () => ana.put(`${path}/permissions/stock:count`, {}),
      () => ana.delete(`${path}/permissions/*`),
    ]
    for (const change of tried) assert.equal(codeOf(await change()), '409 role.built_in', name)
  }
  assert.equal(codeOf(await ana.post(ROLES, { name: 'Admin' })), '409 role.name_taken')
})

test('only what is declared can be granted: wildcards by the grammar, nothing of the platform', async () => {
  const { id } = await make('Grammar')
  for (const key of ['stock:*', 'stock:count', 'rbac:read', '*', 'people:read'])
    assert.equal((await ana.put(`${ROLES}/${id}/permissions/${key}`, {})).status, 204, key)
  for (const key of ['stock:burn', 'nothing:*', 'nothing:read', 'tenants:read'])
    assert.equal(
      codeOf(await ana.put(`${ROLES}/${id}/permissions/${key}`, {})),
      '422 permission.unknown',
      key,
    )
  const told = async (answer: Promise<{ body: Readonly<Record<string, unknown>> }>) =>
    (await answer).body['details']
  const said = (path: string, message: string) => [{ path, message, code: 'unknown' }]
  assert.deepEqual(
    await told(ana.post(ROLES, { name: 'Typo', permissions: ['stock:count', 'stok:count'] })),
    said('body/permissions', 'there is no permission "stok:count"; did you mean "stock:count"?'),
  )
  assert.deepEqual(
    await told(ana.patch(`${ROLES}/${id}`, { permissions: ['weather:forecast'] })),
    said('body/permissions', 'there is no permission "weather:forecast"'),
  )
  assert.deepEqual(
    await told(ana.put(`${ROLES}/${id}/permissions/stock:coutn`, {})),
    said('params/key', 'there is no permission "stock:coutn"; did you mean "stock:count"?'),
  )
  for (const key of [
    'platform:*',
    'platform:read_tenants',
    '**',
    '*:*',
    '*:count',
    'Stock:count',
    'stock:c*',
    'stock',
    'stock:',
    '%2A%2A',
    'stock%00:x',
  ])
    assert.ok(
      [400, 404, 422].includes((await ana.put(`${ROLES}/${id}/permissions/${key}`, {})).status),
      key,
    )
  assert.equal((await ana.post(ROLES, { name: 'P', permissions: ['platform:*'] })).status, 422)
})

test('D3 contract 10: permissions are listed, and a tenant adds its own in areas of its own', async () => {
  const all = await ana.get<List<{ key: string; declared: boolean }>>(
    '/api/v1/permissions?limit=100&count=exact',
  )
  const keys = all.body.items.map(({ key }) => key)
  assert.deepEqual(keys, keys.toSorted())
  for (const key of [
    'audit:read',
    'people:read',
    'rbac:manage',
    'scheduler:manage',
    'settings:manage',
    'stock:count',
  ])
    assert.ok(keys.includes(key), key)
  assert.ok(!keys.some((key) => key.startsWith('platform:')))
  const made = await ana.post('/permissions', { key: 'crm:export', description: 'Export contacts' })
  assert.equal(made.status, 201)
  assert.equal(made.headers.get('location'), '/api/v1/permissions/crm:export')
  assert.deepEqual(made.body, {
    key: 'crm:export',
    description: 'Export contacts',
    is_active: true,
    declared: false,
  })
  assert.equal(
    codeOf(await ana.post('/permissions', { key: 'crm:export' })),
    '409 permission.taken',
  )
  for (const key of ['stock:count', 'stock:other', 'rbac:own'])
    assert.equal(codeOf(await ana.post('/permissions', { key })), '409 permission.declared', key)
  for (const key of ['platform:x', 'Crm:x', 'crm', 'crm:*', '*', 'crm:x:y', ''])
    assert.equal((await ana.post('/permissions', { key })).status, 422, key)
  const { id } = await make('Exporters', ['crm:export'])
  assert.equal(codeOf(await ana.delete('/permissions/crm:export')), '409 permission.in_use')
  const off = await ana.put('/permissions/crm:export', { is_active: false })
  assert.deepEqual([off.status, off.body['is_active'], off.body['description']], [200, false, ''])
  assert.equal(
    codeOf(await ana.post(ROLES, { name: 'E2', permissions: ['crm:export'] })),
    '422 permission.unknown',
  )
  assert.equal((await ana.patch('/permissions/crm:export', { is_active: true })).status, 200)
  assert.equal((await ana.delete(`${ROLES}/${id}`)).status, 204)
  assert.equal((await ana.delete('/permissions/crm:export')).status, 204)
  assert.equal(codeOf(await ana.delete('/permissions/crm:export')), '404 permission.not_found')
  const page = await ana.get<List<{ key: string }>>('/permissions?limit=2')
  const next = await ana.get<List<{ key: string }>>(
    `/permissions?limit=2&cursor=${page.body.next_cursor}`,
  )
  assert.deepEqual(
    [...page.body.items, ...next.body.items].map(({ key }) => key),
    keys.slice(0, 4),
  )
})

test('TN-18 v5.0.0-V8.2.2 a role and a person of another tenant are not found, by anybody', async () => {
  const [{ id }, theirs] = [await make('Ours', ['stock:count']), await make('Theirs', [], eve)]
  const [us, them] = [await idOf('ana'), await idOf('eve')]
  const tried = [
    () => eve.get(`${ROLES}/${id}`),
    () => eve.put(`${ROLES}/${id}`, { name: 'X' }),
    () => eve.patch(`${ROLES}/${id}`, { name: 'X' }),
    () => eve.delete(`${ROLES}/${id}`),
    () => eve.put(`${ROLES}/${id}/permissions/stock:move`, {}),
    () => eve.delete(`${ROLES}/${id}/permissions/stock:count`),
    () => eve.put(`/people/${them}/roles/${id}`, {}),
    () => eve.delete(`/people/${them}/roles/${id}`),
  ]
  for (const change of tried) assert.equal(codeOf(await change()), '404 role.unknown')
  for (const change of [
    () => eve.put(`/people/${us}/roles/${theirs.id}`, {}),
    () => eve.delete(`/people/${us}/roles/${theirs.id}`),
    () => eve.get(`/people/${us}/roles`),
  ])
    assert.equal(codeOf(await change()), '404 tenant.member_unknown')
  assert.deepEqual((await ana.get<Role>(`${ROLES}/${id}`)).body.permissions, ['stock:count'])
})

test('the last administrator stays, whichever way everything comes to them', async () => {
  const owner = await world.signIn('owner', { tenant: 'alone' })
  const tenant = 'alone'
  const dan = await world.signIn('dan', { tenant, can: [] })
  const [first, second] = [await idOf('owner'), await idOf('dan')]
  const admin = await seeded('admin', owner)
  assert.equal((await owner.put(`/people/${second}/roles/${admin}`, {})).status, 204)
  assert.equal((await dan.get(ROLES)).status, 200, 'the role gives everything')
  const { rows } = await world.database.platform.query<{ id: string }>(
    'select id from plinth.tenants where slug = $1',
    [tenant],
  )
  const door = world.database.forTenant(rows[0]?.id as never)
  await door.query("update plinth.memberships set role = 'member' where person_id = $1", [first])
  assert.equal(
    codeOf(await dan.delete(`/people/${second}/roles/${admin}`)),
    '409 role.last_administrator',
  )
  assert.equal((await dan.put(`/people/${first}/roles/${admin}`, {})).status, 204)
  assert.equal((await dan.delete(`/people/${second}/roles/${admin}`)).status, 204)
  const own = await make('Everything', ['*'], owner)
  assert.equal((await owner.put(`/people/${first}/roles/${own.id}`, {})).status, 204)
  assert.equal((await owner.delete(`/people/${first}/roles/${admin}`)).status, 204)
  for (const change of [
    () => owner.delete(`${ROLES}/${own.id}`),
    () => owner.patch(`${ROLES}/${own.id}`, { is_active: false }),
    () => owner.patch(`${ROLES}/${own.id}`, { permissions: ['stock:count'] }),
    () => owner.delete(`${ROLES}/${own.id}/permissions/*`),
  ])
    assert.equal(codeOf(await change()), '409 role.last_administrator')
})

test('every change and every refusal is in the audit log', async () => {
  const { id } = await make('Audited', ['stock:count'])
  await ana.put(`${ROLES}/${id}/permissions/stock:move`, {})
  await ana.put(`/people/${await idOf('ben')}/roles/${id}`, {})
  await ana.delete(`/people/${await idOf('ben')}/roles/${id}`)
  await ana.patch(`${ROLES}/${id}`, { name: 'Renamed' })
  await ana.delete(`${ROLES}/${id}/permissions/stock:move`)
  await ana.delete(`${ROLES}/${id}`)
  await ana.delete(`${ROLES}/${await seeded('admin')}`)
  const { rows: tenants } = await world.database.platform.query<{ id: string }>(
    "select id from plinth.tenants where slug = 'acme'",
  )
  const { rows } = await world.database
    .forTenant(tenants[0]?.id as never)
    .query<{ line: string }>(
      "select action || ' ' || outcome as line from plinth.audit_events order by id desc limit 8",
    )
  assert.deepEqual(rows.map(({ line }) => line).reverse(), [
    'role.created success',
    'role.permission_granted success',
    'role.given success',
    'role.taken success',
    'role.changed success',
    'role.permission_withdrawn success',
    'role.deleted success',
    'DELETE /api/v1/roles/:id failed',
  ])
})
