import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import type { Made } from '../../testing/api-keys.ts'
import { KEYS, keyed, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { sendRaw } from '../../testing/raw-http.ts'
import { wares } from './api-keys.fixture.ts'
import { hashKey } from './key-format.ts'

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

const port = () => Number(new URL(world.url).port)
const read = (headers: Record<string, string>) => fetch(`${world.url}/wares`, { headers })
const trips = async (work: () => Promise<unknown>) => {
  const start = world.database.statistics.roundTrips
  await work()
  return world.database.statistics.roundTrips - start
}
const until = async (holds: () => Promise<boolean>, what: string) => {
  const end = performance.now() + 15_000
  while (!(await holds())) assert.ok(performance.now() < end, what)
}

test('AK-03 whatever is wrong with a key, the answer is one and costs one round trip', async () => {
  const bo = await world.signIn('bo', { tenant: 'shut' })
  const made: Record<string, Made> = {}
  for (const why of ['revoked', 'expired', 'address', 'test']) made[why] = await makeKey(ana)
  made['suspended'] = await makeKey(bo)
  const id = (why: string) => made[why]?.api_key.id
  await admin.query('update plinth.api_keys set revoked_at = now() where id = $1', [id('revoked')])
  await admin.query("update plinth.api_keys set expires_at = '2020-01-01' where id = $1", [
    id('expired'),
  ])
  await admin.query("update plinth.api_keys set allowed_ips = '{192.0.2.1}' where id = $1", [
    id('address'),
  ])
  await admin.query("update plinth.tenants set status = 'suspended' where slug = 'shut'")
  const bodies = new Set<string>()
  const keys = ['revoked', 'expired', 'address', 'suspended'].map((why) => made[why]?.key ?? '')
  for (const key of [...keys, `uk_user_${'x'.repeat(43)}`, 'x']) {
    const answer = await keyed(world, key).get('/wares')
    assert.equal(answer.status, 401)
    bodies.add(JSON.stringify({ ...answer.body, request_id: '' }))
  }
  assert.equal(bodies.size, 1)
  assert.match([...bodies][0] ?? '', /"api_key\.invalid"/)
  // What was refused a moment ago is refused without a look; later a look costs the same for all.
  world.clock.advance(61_000)
  for (const key of [...keys, `uk_user_${'y'.repeat(43)}`])
    assert.ok((await trips(() => keyed(world, key).get('/wares'))) <= 2)
  world.clock.advance(-61_000)
})

test('AK-03 the look-up is by hash, on a unique index', async () => {
  const { rows } = await admin.query<{ indexdef: string }>(
    "select indexdef from pg_catalog.pg_indexes where schemaname = 'plinth' and tablename = 'api_keys'",
  )
  assert.ok(rows.some(({ indexdef }) => /UNIQUE INDEX .* \(key_hash\)$/.test(indexdef)))
  const { key, api_key } = await makeKey(ana)
  const found = await admin.query('select id from plinth.api_keys where key_hash = $1', [
    Buffer.from(hashKey(key), 'hex'),
  ])
  assert.deepEqual(found.rows, [{ id: api_key.id }])
})

test('AK-04 a key is taken as it is or not at all', async () => {
  const { key } = await makeKey(ana)
  const odd = [
    key.toUpperCase(),
    `${key}=`,
    `${key.slice(0, 20)} ${key.slice(20)}`,
    `${key.slice(0, 20)}\t${key.slice(20)}`,
    `${key}, ${key}`,
    `${key},`,
    key.slice(0, -1),
    `${key}A`,
    'x'.repeat(10_000),
    `\u00fc${key.slice(1)}`,
    `"${key}"`,
    `ApiKey ${key}`,
    '',
  ]
  for (const value of odd) {
    const answer = await sendRaw(port(), rawGet(`X-API-Key: ${value}`))
    assert.ok([401, 431].includes(answer.status), `${value.slice(0, 60)} → ${answer.status}`)
  }
  const twice = await sendRaw(port(), rawGet(`X-API-Key: ${key}\r\nx-api-key: ${key}`), {
    end: true,
  })
  assert.equal(twice.status, 400, 'two are refused before either is looked at')
  for (const value of [`${key}\0`, `${key}\r\n ${key}`]) {
    const answer = await sendRaw(port(), rawGet(`X-API-Key: ${value}`))
    assert.ok([400, 401].includes(answer.status), String(answer.status))
  }
  const good = await sendRaw(port(), rawGet(`x-api-KEY: ${key}`))
  assert.equal(good.status, 200, 'the name of a header knows no case')
})

const rawGet = (header: string) =>
  `GET /wares HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}\r\n\r\n`

test('AK-05 a key in the address or in a cookie is none', async () => {
  const { key } = await makeKey(ana)
  for (const name of ['api_key', 'x-api-key', 'X-API-Key', 'key', 'access_token'])
    assert.equal((await fetch(`${world.url}/wares?${name}=${key}`)).status, 401)
  for (const name of ['x-api-key', 'api_key', 'user_session_id'])
    assert.equal((await read({ cookie: `${name}=${key}` })).status, 401)
})

test('AK-06 D5 a key is no bearer token, and two credentials are none', async () => {
  const { key } = await makeKey(ana)
  assert.equal((await read({ authorization: `Bearer ${key}` })).status, 401)
  assert.equal((await read({ authorization: key })).status, 401)
  const cookie = [...ana.cookies].map((pair) => pair.join('=')).join('; ')
  const pairs: readonly Record<string, string>[] = [
    { 'x-api-key': key, authorization: `Bearer ${key}` },
    { 'x-api-key': key, cookie },
    { 'x-api-key': key, cookie: 'user_session_id=junk' },
    { 'x-api-key': '', cookie },
    { 'x-api-key': key, authorization: 'Bearer x', cookie },
  ]
  for (const headers of pairs) {
    const answer = await read(headers)
    const body = (await answer.json()) as { code: string }
    assert.deepEqual([answer.status, body.code], [400, 'http.two_credentials'])
  }
})

test('AK-07 the type comes from the row: a key under another prefix is unknown', async () => {
  const made = await makeKey(ana, { type: 'readonly', scopes: ['ware:*'] })
  const secret = made.key.slice('rk_readonly_'.length)
  for (const prefix of ['sk_service_', 'uk_user_', 'ak_admin_', ''])
    assert.equal((await keyed(world, `${prefix}${secret}`).get('/wares')).status, 401)
  await admin.query("update plinth.api_keys set type = 'user' where id = $1", [made.api_key.id])
  const program = keyed(world, made.key)
  await until(async () => (await program.call('POST', '/wares')).status === 200, 'the row counts')
})

test('AK-08 a key that only reads changes nothing', async () => {
  const { key } = await makeKey(ana, { type: 'readonly', scopes: ['ware:*', 'api_key:manage'] })
  const program = keyed(world, key)
  assert.equal((await program.get('/wares')).status, 200)
  assert.equal((await program.call('HEAD', '/wares')).status, 200)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const answer = await program.call(method, '/wares')
    assert.deepEqual([answer.status, answer.body['code']], [403, 'access.read_only'])
  }
  for (const path of ['/wares/count', '/in-person', KEYS])
    assert.equal((await program.post(path, {})).status, 403)
})

test('a key is judged wherever it is shown, also where nobody needs one', async () => {
  const { key } = await makeKey(ana)
  assert.deepEqual((await keyed(world, key).get('/open')).body, { known: true })
  assert.equal((await keyed(world, key.slice(0, -1)).get('/open')).status, 401)
  assert.equal((await fetch(`${world.url}/open`)).status, 200)
})

test('AK-27 no key meets a step-up, however fresh it is', async () => {
  const { key } = await makeKey(ana)
  const answer = await keyed(world, key).get('/fresh')
  assert.deepEqual(
    [answer.status, answer.body['code']],
    [401, 'access.insufficient_user_authentication'],
  )
  assert.equal((await ana.get('/fresh')).status, 204)
})

test('AK-19 TN-14 a key works in its own tenant, whatever the request names', async () => {
  await world.signIn('ana', { tenant: 'beta' })
  await world.signIn('eve', { tenant: 'evil' })
  const made = await makeKey(await world.signIn('ana', { tenant: 'acme' }))
  const program = keyed(world, made.key)
  const named = async (tenant: string) =>
    (await program.get('/wares', { 'x-tenant-id': tenant })).status
  assert.deepEqual(
    [await named('acme'), await named('beta'), await named('evil'), await named('nowhere')],
    [200, 400, 404, 404],
  )
  const { body } = await program.get('/wares')
  assert.equal(body['tenant'], made.api_key['tenant_id'])
})

test('TN-46 AK-24 what is remembered of a key is remembered for its tenant, its scopes and nothing else', async () => {
  const inAcme = await world.signIn('dee', { tenant: 'acme' })
  const acme = await makeKey(inAcme, { scopes: ['ware:*'] })
  const inBeta = await world.signIn('dee', { tenant: 'beta' })
  const beta = await makeKey(inBeta, { scopes: ['ware:read'] })
  for (let round = 0; round < 5; round += 1) {
    const [one, two] = await Promise.all([
      keyed(world, acme.key).get('/whoever'),
      keyed(world, beta.key).get('/whoever'),
    ])
    assert.equal(one.body['tenant'], acme.api_key['tenant_id'])
    assert.equal(two.body['tenant'], beta.api_key['tenant_id'])
    assert.equal(one.body['person'], two.body['person'])
    // The same key, allowed here and refused there, in any order.
    assert.equal((await keyed(world, beta.key).get('/wares')).status, 200)
    assert.equal((await keyed(world, beta.key).call('POST', '/wares')).status, 403)
    assert.equal((await keyed(world, acme.key).call('POST', '/wares')).status, 200)
    assert.equal((await keyed(world, beta.key).get(`${KEYS}/${acme.api_key.id}`)).status, 403)
  }
  const tag = (await inAcme.get(`${KEYS}/${acme.api_key.id}`)).headers.get('etag') ?? ''
  const crossed = await inBeta.get(`${KEYS}/${acme.api_key.id}`, { 'if-none-match': tag })
  assert.equal(crossed.status, 404)
  await inBeta.patch(`${KEYS}/${beta.api_key.id}`, { scopes: [] })
  assert.equal((await keyed(world, beta.key).get('/wares')).status, 403, 'its next request')
})

/** What changes something, and is for anybody who is signed in: by name, so that one more is a decision. */
const FOR_KEYS_TOO = [
  'DELETE /api/v1/api-keys/:id',
  'PATCH /api/v1/api-keys/:id',
  'POST /api/v1/api-keys',
  'POST /api/v1/api-keys/:id/rotate',
  'PUT /api/v1/api-keys/:id',
]

test('AK-27 a key is nothing for what a person does with their own account', async () => {
  const { key } = await makeKey(ana, { type: 'admin', scopes: ['*'] })
  const program = keyed(world, key)
  const unsafe = world.service
    .census()
    .filter(({ method }) => !['GET', 'HEAD', 'OPTIONS'].includes(method))
  const ofKind = (kind: string) => unsafe.filter(({ facts }) => facts?.access.kind === kind)
  const forAll = ofKind('signed-in').map(({ method, url }) => `${method} ${url}`)
  assert.deepEqual(forAll.toSorted(), FOR_KEYS_TOO)
  const personal = ofKind('in-person')
  assert.ok(personal.length > 5)
  for (const { method, url } of personal) {
    const answer = await program.call(method, url.replaceAll(/:\w+/g, 'acme'))
    assert.deepEqual(
      [answer.status, answer.body['code']],
      [403, 'access.in_person'],
      `${method} ${url}`,
    )
  }
  for (const path of ['/auth/web/refresh', '/auth/web/logout'])
    assert.ok([400, 401, 403].includes((await program.post(path, {})).status), path)
})
