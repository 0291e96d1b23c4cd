import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { newId } from '../../kernel/index.ts'
import type { Made } from '../../testing/api-keys.ts'
import { KEYS, keyed, makeAccount, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { wares } from './api-keys.fixture.ts'

const DAY_MS = 86_400_000

let world: World
let admin: Client
let ana: Person
before(async () => {
  world = await startWorld({ features: [wares], settings: roomyKeys })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  ana = await world.signIn('ana')
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

const shape = { type: 'user', name: 'n', scopes: ['ware:read'] }
const at = (ms: number) => new Date(world.clock.now() + ms).toISOString()
const fields = (body: Readonly<Record<string, unknown>>) =>
  (body['details'] as { path: string }[]).map(({ path }) => path)

test('AK-09 AK-10 a scope that no permission stands behind is refused by name, for keys and service accounts', async () => {
  const unknown = async (path: string, body: object) => {
    const { status, body: told } = await ana.post(path, body)
    const [fault] = told['details'] as { path: string; message: string }[]
    return [status, told['code'], fault?.path, fault?.message]
  }
  const refused = (path: string, name: string, near: string) => [
    422,
    'permission.unknown',
    path,
    `there is no permission "${name}"; did you mean "${near}"?`,
  ]
  for (const [scope, near] of [
    ['wares:read', 'ware:read'],
    ['ware:raed', 'ware:read'],
    ['wares:*', 'ware:*'],
  ] as const) {
    const body = { ...shape, scopes: ['ware:read', scope] }
    assert.deepEqual(await unknown(KEYS, body), refused('body/scopes', scope, near))
  }
  const robot = { name: 'r', permissions: ['wares:read'] }
  const account = await unknown('/api/v1/service-accounts', robot)
  assert.deepEqual(account, refused('body/permissions', 'wares:read', 'ware:read'))
  const { api_key } = await makeKey(ana)
  const change = await ana.patch(`${KEYS}/${api_key.id}`, { scopes: ['ware:raed'] })
  assert.equal(change.body['code'], 'permission.unknown')
  // What the tenant added itself is a permission like any other.
  const own = { key: 'barn:clean', description: 'Clean the barn' }
  assert.equal((await ana.post('/api/v1/permissions', own)).status, 201)
  const added = await ana.post(KEYS, { ...shape, scopes: ['barn:clean', 'barn:*'] })
  assert.equal(added.status, 201)
})

test('AK-11 a key holds nothing that its maker does not: scopes, type and owner', async () => {
  const bo = await world.signIn('bo', { can: ['ware:read', 'ware:count'] })
  const cy = await world.signIn('cy', { can: ['ware:*', 'api_key:manage'] })
  const robot = await makeAccount(ana)
  const anaId = (await ana.get<{ user: { id: string } }>('/auth/web/me')).body.user.id
  const cases: readonly (readonly [Person, object, string])[] = [
    [bo, { scopes: ['ware:write'] }, 'body/scopes'],
    [bo, { scopes: ['ware:*'] }, 'body/scopes'],
    [bo, { scopes: ['*'] }, 'body/scopes'],
    [bo, { type: 'admin' }, 'body/type'],
    [bo, { owner_id: anaId }, 'body/owner_id'],
    [bo, { type: 'service', owner_id: robot }, 'body/owner_id'],
    [cy, { owner_id: anaId }, 'body/owner_id'],
    [cy, { type: 'service', owner_id: robot, scopes: ['other:read'] }, 'body/scopes'],
    [cy, { type: 'service', owner_id: '00000000-0000-7000-8000-000000000000' }, 'body/owner_id'],
    [ana, { scopes: ['*'] }, 'body/scopes'],
  ]
  for (const [person, body, path] of cases) {
    const answer = await person.post(KEYS, { ...shape, ...body })
    assert.equal(answer.status, 403, JSON.stringify([body, answer.body]))
    assert.deepEqual(fields(answer.body), [path])
  }
  const owned = await cy.post(KEYS, { ...shape, type: 'service', owner_id: robot })
  assert.equal(owned.status, 201, 'who looks after keys makes them for service accounts')
  assert.equal((await ana.post(KEYS, { ...shape, type: 'service' })).status, 422)
  assert.equal((await ana.post(KEYS, { ...shape, owner_id: robot })).status, 422)
  assert.equal((await ana.post(KEYS, { ...shape, type: 'admin', scopes: ['*'] })).status, 201)
  const narrow = await makeKey(bo, { scopes: ['ware:count'] })
  const wider = await bo.patch(`${KEYS}/${narrow.api_key.id}`, { scopes: ['ware:write'] })
  assert.equal(wider.status, 403)
})

test('AK-17 both keys work for the overlap, then the new one; a rotated key is not rotated again', async () => {
  const old = await makeKey(ana, { name: 'sync', rate_limit: 500, metadata: { a: 1 } })
  const rotate = (id: string, body?: object) => ana.post<Made>(`${KEYS}/${id}/rotate`, body)
  const next = await rotate(old.api_key.id, { overlap_seconds: 60 })
  assert.equal(next.status, 201)
  const same = ['name', 'type', 'scopes', 'rate_limit', 'metadata', 'owner_id', 'expires_at']
  for (const field of same) assert.deepEqual(next.body.api_key[field], old.api_key[field], field)
  const worth = async () => [
    (await keyed(world, old.key).get('/wares')).status,
    (await keyed(world, next.body.key).get('/wares')).status,
  ]
  assert.deepEqual(await worth(), [200, 200])
  const again = await rotate(old.api_key.id, { overlap_seconds: 60 })
  assert.deepEqual([again.status, again.body['code' as keyof Made]], [409, 'api_key.rotated'])
  const later = await ana.patch(`${KEYS}/${old.api_key.id}`, { expires_at: at(DAY_MS) })
  assert.equal(later.status, 422, 'the end of a rotated key is not put off')
  world.clock.advance(61_000)
  assert.deepEqual(await worth(), [401, 200])
  world.clock.advance(-61_000)
  const atOnce = await rotate(next.body.api_key.id, { overlap_seconds: 0 })
  assert.equal(atOnce.status, 201)
  assert.equal((await keyed(world, next.body.key).get('/wares')).status, 401)
  const shown = await ana.get(`${KEYS}/${next.body.api_key.id}`)
  assert.equal(shown.body['successor_id'], atOnce.body.api_key.id)
  assert.equal((await rotate(next.body.api_key.id)).status, 409)
  assert.equal((await rotate(atOnce.body.api_key.id, { overlap_seconds: 1e9 })).status, 422)
})

test('AK-17 twenty rotations at once make one successor', async () => {
  const { api_key } = await makeKey(ana)
  const twenty = (id: string) => {
    const once = async () => (await ana.post(`${KEYS}/${id}/rotate`, {})).status
    return Promise.all(Array.from({ length: 20 }, once))
  }
  // What is no key opens the connections to the database on which the twenty meet.
  assert.deepEqual(new Set(await twenty(newId())), new Set([404]))
  const statuses = (await twenty(api_key.id)).toSorted()
  assert.deepEqual(statuses, [201, ...Array.from({ length: 19 }, () => 409)])
  const { body } = await ana.get(`${KEYS}/${api_key.id}`)
  const overlap = Date.parse(String(body['expires_at'])) - Date.parse(String(body['rotated_at']))
  assert.equal(Math.round(overlap / 60_000), DAY_MS / 60_000, 'api_keys.rotation_overlap_seconds')
})

test('AK-18 TN-14 another person’s key, and another tenant’s, is no key at all', async () => {
  const { api_key } = await makeKey(ana)
  const path = `${KEYS}/${api_key.id}`
  const strangers = [
    await world.signIn('bo', { can: ['ware:read'] }),
    await world.signIn('eve', { tenant: 'evil' }),
  ]
  for (const eve of strangers) {
    const answers = [
      await eve.get(path),
      await eve.patch(path, { name: 'mine' }),
      await eve.post(`${path}/rotate`, {}),
      await eve.delete(path),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
    )
    const listed = (await eve.get(KEYS)).body['items'] as { id: string }[]
    assert.ok(!listed.some(({ id }) => id === api_key.id))
  }
  const keeper = await world.signIn('kim', { can: ['ware:read', 'api_key:manage'] })
  assert.equal((await keeper.get(path)).status, 200, 'who looks after keys sees them')
  const beyond = [
    await keeper.patch(path, { name: 'mine' }),
    await keeper.post(`${path}/rotate`, {}),
  ]
  assert.deepEqual(
    beyond.map(({ body }) => body['code']),
    Array(2).fill('api_key.not_yours'),
  )
  const reader = await world.signIn('ria', { can: ['api_key:read'] })
  assert.equal((await reader.get(path)).status, 200)
  assert.equal((await reader.delete(path)).body['code'], 'api_key.not_yours')
  assert.equal((await keeper.delete(path)).status, 204, 'and may revoke them')
  assert.equal((await ana.get(path)).body['status'], 'revoked')
})

test('nobody gets a key of a service account that may do more than they', async () => {
  const robot = await makeAccount(ana)
  const { api_key } = await makeKey(ana, {
    type: 'service',
    owner_id: robot,
    scopes: ['ware:write'],
  })
  const keeper = await world.signIn('kit', { can: ['ware:read', 'api_key:manage'] })
  const rotated = await keeper.post(`${KEYS}/${api_key.id}/rotate`, {})
  assert.deepEqual([rotated.status, rotated.body['code']], [403, 'api_key.beyond_yours'])
  assert.equal((await keeper.patch(`${KEYS}/${api_key.id}`, { name: 'same' })).status, 200)
})

test('AK-13 AK-27 a key makes keys only when it was given that by name, and then within itself', async () => {
  const plain = await makeKey(ana, { type: 'admin', scopes: ['*'] })
  const refused = await keyed(world, plain.key).post(KEYS, shape)
  assert.deepEqual([refused.status, refused.body['code']], [403, 'access.in_person'])
  assert.equal((await keyed(world, plain.key).get(KEYS)).status, 403)
  const parent = await makeKey(ana, {
    scopes: ['ware:read', 'api_key:manage'],
    expires_at: at(DAY_MS),
    rate_limit: 50,
    allowed_ips: ['127.0.0.0/8', '10.0.0.0/8'],
  })
  const program = keyed(world, parent.key)
  const cases: readonly (readonly [object, string])[] = [
    [{ scopes: ['ware:write'] }, 'body/scopes'],
    [{ scopes: ['ware:*'] }, 'body/scopes'],
    [{ expires_at: null }, 'body/expires_at'],
    [{ expires_at: at(2 * DAY_MS) }, 'body/expires_at'],
    [{ rate_limit: 51 }, 'body/rate_limit'],
    [{ rate_limit: null }, 'body/rate_limit'],
    [{ allowed_ips: null }, 'body/allowed_ips'],
    [{ allowed_ips: ['192.0.2.1'] }, 'body/allowed_ips'],
    [{ owner_id: await makeAccount(ana) }, 'body/owner_id'],
    [{ type: 'admin' }, 'body/type'],
  ]
  for (const [body, path] of cases) {
    const answer = await program.post(KEYS, { ...shape, ...body })
    assert.equal(answer.status, 403, JSON.stringify([body, answer.body]))
    assert.deepEqual(fields(answer.body), [path])
  }
  const child = await makeKey(program)
  const { api_key } = child
  assert.deepEqual(
    [api_key['parent_id'], api_key['rate_limit'], api_key['allowed_ips'], api_key['expires_at']],
    [parent.api_key.id, 50, ['127.0.0.0/8', '10.0.0.0/8'], parent.api_key['expires_at']],
  )
  const other = await makeKey(ana)
  assert.equal((await program.get(`${KEYS}/${other.api_key.id}`)).status, 404, 'no kin of it')
  const kin = (await program.get(KEYS)).body['items'] as { id: string }[]
  assert.deepEqual(
    kin.map(({ id }) => id),
    [parent.api_key.id, api_key.id],
  )
  const self = `${KEYS}/${parent.api_key.id}`
  assert.equal((await program.call('PATCH', self, { scopes: ['ware:*'] })).status, 403)
  assert.equal((await program.call('PATCH', self, { expires_at: null })).status, 403)
  assert.equal((await keyed(world, child.key).get('/wares')).status, 200)
  assert.equal((await keyed(world, child.key).post(KEYS, shape)).status, 403)
})

test('AK-13 a key that is revoked takes with it what it made, also what is being made', async () => {
  const parent = await makeKey(ana, { scopes: ['ware:read', 'api_key:manage'] })
  const program = keyed(world, parent.key)
  const child = await makeKey(program, { scopes: ['ware:read', 'api_key:manage'] })
  const grandchild = await makeKey(keyed(world, child.key))
  const renewed = await keyed(world, child.key).post<Made>(`${KEYS}/${child.api_key.id}/rotate`, {})
  assert.equal(renewed.status, 201)
  const making = Array.from({ length: 8 }, () => program.post<Made>(KEYS, shape))
  assert.equal((await ana.delete(`${KEYS}/${parent.api_key.id}`)).status, 204)
  const late = (await Promise.all(making)).filter(({ status }) => status === 201)
  const dead = [parent, child, grandchild, renewed.body, ...late.map(({ body }) => body)]
  for (const { key } of dead) assert.equal((await keyed(world, key).get('/wares')).status, 401)
})

test('AK-10 what every member may do, a key may only where its scopes say so', async () => {
  await using shared = await startWorld({
    features: [wares],
    settings: { 'tenancy.mode': 'none', 'tenancy.member_permissions': ['ware:read'] },
  })
  const eve = await shared.signIn('eve', { can: [] })
  assert.equal((await eve.get('/wares')).status, 200)
  const [none, read] = [await makeKey(eve, { scopes: [] }), await makeKey(eve)]
  assert.equal((await keyed(shared, none.key).get('/wares')).status, 403)
  assert.equal((await keyed(shared, read.key).get('/wares')).status, 200)
  const beyond = await eve.post(KEYS, { ...shape, scopes: ['ware:write'] })
  assert.equal(beyond.status, 403)
})
