import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
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

test('D12 AK-01 AK-02 a key is shown once; nothing that is kept, answered or logged ever holds it', async () => {
  const made = await makeKey(ana, { name: 'deploy', metadata: { team: 'ops' } })
  const { key, api_key } = made
  assert.equal(api_key['prefix'], key.slice(0, 12))
  assert.deepEqual([api_key['status'], api_key['owner_type']], ['active', 'person'])
  const path = `${KEYS}/${api_key.id}`
  const program = keyed(world, key)
  const answers = [
    await ana.get(path),
    await ana.get(KEYS),
    await ana.patch(path, { name: 'deploy 2' }),
    await program.get('/wares'),
    await program.call('DELETE', '/wares'),
    await program.post('/api/v1/api-keys', { ...shape, name: key }),
    await ana.post(KEYS, { ...shape, name: key.repeat(3) }),
    await keyed(world, key.slice(0, -1)).get('/wares'),
  ]
  const secret = key.slice(12)
  const metrics = await (await fetch(`${world.url}/metrics`)).text()
  const { rows } = await admin.query<{ name: string }>(
    "select tablename as name from pg_catalog.pg_tables where schemaname in ('plinth', 'plinth_jobs')",
  )
  for (const { name } of rows) {
    const schema = name in (await jobTables()) ? 'plinth_jobs' : 'plinth'
    const dump = await admin.query<{ text: string | null }>(
      `select string_agg(t::text, ' ') as text from ${schema}.${name} t`,
    )
    assert.ok(!dump.rows[0]?.text?.includes(secret), `table ${name} holds a key`)
  }
  for (const { body } of answers) assert.ok(!JSON.stringify(body).includes(secret))
  for (const text of [metrics, ...world.logged]) assert.ok(!text.includes(secret), text)
  assert.equal((await makeKey(ana)).key.length, 'uk_user_'.length + 43)
})

async function jobTables(): Promise<Readonly<Record<string, true>>> {
  const { rows } = await admin.query<{ name: string }>(
    "select tablename as name from pg_catalog.pg_tables where schemaname = 'plinth_jobs'",
  )
  return Object.fromEntries(rows.map(({ name }) => [name, true]))
}

test('D12 D3 each type has its prefix; create answers 201 with Location, list pages, delete is 204', async () => {
  const robot = await makeAccount(ana)
  const prefixes = {
    user: 'uk_user_',
    service: 'sk_service_',
    admin: 'ak_admin_',
    readonly: 'rk_readonly_',
  }
  for (const [type, prefix] of Object.entries(prefixes)) {
    const answer = await ana.post<Made>(KEYS, {
      ...shape,
      type,
      ...(type === 'service' && { owner_id: robot }),
    })
    assert.equal(answer.status, 201)
    assert.equal(answer.headers.get('location'), `${KEYS}/${answer.body.api_key.id}`)
    assert.equal(answer.headers.get('cache-control'), 'no-store')
    assert.match(answer.body.key, new RegExp(`^${prefix}[A-Za-z0-9_-]{43}$`))
    assert.equal((await ana.delete(`${KEYS}/${answer.body.api_key.id}`)).status, 204)
    assert.equal((await ana.delete(`${KEYS}/${answer.body.api_key.id}`)).status, 204, 'again')
    assert.equal((await ana.get(`${KEYS}/${answer.body.api_key.id}`)).body['status'], 'revoked')
  }
  const first = await ana.get(`${KEYS}?limit=2&count=exact`)
  assert.deepEqual([first.body['count'], first.body['limit']], [2, 2])
  assert.ok(Number(first.body['total']) >= 4)
  const next = await ana.get(`${KEYS}?limit=2&cursor=${first.body['next_cursor']}`)
  const ids = [first, next].flatMap(({ body }) =>
    (body['items'] as { id: string }[]).map((k) => k.id),
  )
  assert.equal(new Set(ids).size, 4)
  const owned = await ana.get(`${KEYS}?owner_id=${robot}`)
  assert.equal(owned.body['count'], 1)
  assert.equal((await world.visitor().get(KEYS)).status, 401)
})

test('D3 PUT and PATCH change what is named and nothing else, and mind If-Match', async () => {
  const { api_key } = await makeKey(ana, { rate_limit: 10, metadata: { a: 1 } })
  const path = `${KEYS}/${api_key.id}`
  const etag = (await ana.get(path)).headers.get('etag') ?? ''
  const renamed = await ana.patch(path, { name: 'two' }, { 'if-match': etag })
  assert.deepEqual(
    [renamed.status, renamed.body['name'], renamed.body['rate_limit'], renamed.body['metadata']],
    [200, 'two', 10, { a: 1 }],
  )
  assert.equal((await ana.patch(path, { name: 'three' }, { 'if-match': etag })).status, 412)
  const put = await ana.put(path, { rate_limit: null, allowed_ips: ['203.0.113.0/24'], scopes: [] })
  assert.deepEqual(
    [put.body['name'], put.body['rate_limit'], put.body['allowed_ips'], put.body['scopes']],
    ['two', null, ['203.0.113.0/24'], []],
  )
  assert.equal((await ana.patch(path, {})).status, 422)
  await ana.delete(path)
  assert.deepEqual((await ana.patch(path, { name: 'x' })).body['code'], 'api_key.ended')
})

test('AK-10 scopes have an exact grammar', async () => {
  const wrong = ['ware:read ', ' ware:read', 'WARE:read', 'ware:READ', 'ware:read\u0000', 'ware']
  const more = [
    'ware:re*',
    '*:read',
    '**',
    'ware:',
    ':read',
    'ware:read,ware:write',
    '',
    'wäre:read',
  ]
  for (const scope of [...wrong, ...more, 'platform:*', 'platform:read_tenants']) {
    const answer = await ana.post(KEYS, { ...shape, scopes: [scope] })
    assert.ok([400, 422].includes(answer.status), `${JSON.stringify(scope)} → ${answer.status}`)
  }
  for (const scopes of [null, 'ware:read', { 0: 'ware:read' }, [1]])
    assert.equal((await ana.post(KEYS, { ...shape, scopes })).status, 422)
  const { type, name } = shape
  assert.equal((await ana.post(KEYS, { type, name })).status, 422, 'scopes must be said')
})

test('AK-10 an empty list of scopes is nothing, and so is what stands outside the grammar', async () => {
  const empty = await makeKey(ana, { scopes: [] })
  assert.equal((await keyed(world, empty.key).get('/wares')).status, 403)
  assert.equal((await keyed(world, empty.key).get('/whoever')).status, 200)
  const odd = await makeKey(ana, { scopes: [] })
  await admin.query('update plinth.api_keys set scopes = $2 where id = $1', [
    odd.api_key.id,
    ['WARE:read', 'ware:read ', '**', 'ware:re*'],
  ])
  assert.equal((await keyed(world, odd.key).get('/wares')).status, 403)
})

test('AK-12 v5.0.0-V8.2.3 whose a key is, its hash and its limits are no business of the body', async () => {
  const { api_key, key } = await makeKey(ana)
  const path = `${KEYS}/${api_key.id}`
  const hash = 'a'.repeat(64)
  for (const extra of [
    { userId: 'x' },
    { tenant_id: api_key['tenant_id'] },
    { key_hash: hash },
    { person_id: api_key['owner_id'] },
    { revoked_at: null },
    { parent_id: null },
    { rate_limit: 1e9 },
    { rate_limit: 0 },
    { rate_limit: 1.5 },
    { expires_at: at(-1_000) },
  ]) {
    assert.equal((await ana.post(KEYS, { ...shape, ...extra })).status, 422, JSON.stringify(extra))
    assert.equal((await ana.patch(path, extra)).status, 422, JSON.stringify(extra))
  }
  for (const extra of [{ owner_id: api_key['owner_id'] }, { type: 'admin' }, { test: true }])
    assert.equal((await ana.patch(path, extra)).status, 422, JSON.stringify(extra))
  assert.equal((await keyed(world, key).get('/wares')).status, 200)
  assert.equal((await world.visitor().get('/wares')).status, 401)
})

test('AK-12 AK-15 settings bound how long a key lasts, also when never is asked for', async () => {
  await using strict = await startWorld({
    features: [wares],
    settings: { 'api_keys.max_lifetime_days': 30, 'api_keys.max_per_owner': 2 },
  })
  const eve = await strict.signIn('eve')
  const soon = (days: number) => new Date(strict.clock.now() + days * DAY_MS).toISOString()
  const { api_key } = await makeKey(eve)
  assert.equal(
    Math.round((Date.parse(String(api_key['expires_at'])) - strict.clock.now()) / DAY_MS),
    30,
  )
  for (const expires_at of [null, soon(31)]) {
    assert.equal((await eve.post(KEYS, { ...shape, expires_at })).status, 422)
    assert.equal((await eve.patch(`${KEYS}/${api_key.id}`, { expires_at })).status, 422)
  }
  await makeKey(eve, { expires_at: soon(29) })
  const third = await eve.post(KEYS, shape)
  assert.deepEqual([third.status, third.body['code']], [409, 'api_key.too_many'])
  await eve.delete(`${KEYS}/${api_key.id}`)
  // With connections open, so that all of them are at it together.
  await Promise.all(Array.from({ length: 12 }, () => eve.get(KEYS)))
  const many = await Promise.all(Array.from({ length: 6 }, () => eve.post(KEYS, shape)))
  assert.equal(many.filter(({ status }) => status === 201).length, 1, 'one place, one key')
})

test('AK-15 an end is exact to the millisecond, in any time zone; the past and year 10000 are refused', async () => {
  const end = new Date(Math.ceil(world.clock.now() / 1_000) * 1_000 + 600_000)
  const text = `${new Date(end.getTime() + 2 * 3_600_000).toISOString().slice(0, 19)}+02:00`
  const { key, api_key } = await makeKey(ana, { expires_at: text })
  assert.equal(new Date(String(api_key['expires_at'])).toISOString(), end.toISOString())
  const program = keyed(world, key)
  assert.equal((await program.get('/wares')).status, 200)
  const wait = end.getTime() - world.clock.now()
  world.clock.advance(wait - 30_000)
  assert.equal((await program.get('/wares')).status, 200, 'not yet')
  while (world.clock.now() < end.getTime() - 1) world.clock.advance(1)
  world.clock.advance(1)
  assert.equal((await program.get('/wares')).status, 401)
  assert.equal((await ana.get(`${KEYS}/${api_key.id}`)).body['status'], 'expired')
  world.clock.advance(-wait)
  for (const expires_at of [
    '9999-13-01T00:00:00Z',
    'tomorrow',
    '2030-01-01',
    4e9,
    '10000-01-01T00:00:00Z',
  ])
    assert.equal((await ana.post(KEYS, { ...shape, expires_at })).status, 422, String(expires_at))
  const last = await makeKey(ana, { expires_at: '9999-12-31T23:59:59Z' })
  assert.equal((await keyed(world, last.key).get('/wares')).status, 200)
  const never = await makeKey(ana, { expires_at: null })
  assert.equal(never.api_key['expires_at'], null)
})

test('AK-30 a name is one line of bounded length, and is shown as text', async () => {
  for (const name of [
    'a\r\nb',
    'x'.repeat(101),
    'x'.repeat(10_000),
    '\u202eevil',
    '',
    '  ',
    'a\u0007',
  ])
    assert.ok([400, 422].includes((await ana.post(KEYS, { ...shape, name })).status), name)
  const { api_key } = await makeKey(ana, { name: ' <b onclick=x>"&\u00e9\u{1f511}' })
  assert.equal(api_key['name'], '<b onclick=x>"&\u00e9\u{1f511}')
})

test('AK-29 v5.0.0-V6.3.7 making, changing, rotating and revoking leave audit rows with the id, never the key', async () => {
  const lee = await world.signIn('lee')
  const { key, api_key } = await makeKey(lee)
  const path = `${KEYS}/${api_key.id}`
  await lee.patch(path, { name: 'new' })
  const next = await lee.post<Made>(`${path}/rotate`, {})
  await lee.delete(path)
  await keyed(world, next.body.key).call('DELETE', '/wares')
  const { rows } = await admin.query<Record<string, unknown>>(
    `select action, outcome, reason, target_id, credential_kind, credential_id, data::text as data
       from plinth.audit_events
      where target_id = $1 or credential_id = $2 order by occurred_at, id`,
    [api_key.id, next.body.api_key.id],
  )
  assert.deepEqual(
    rows.map(({ action, outcome }) => `${action} ${outcome}`),
    [
      'api_key.created success',
      'api_key.updated success',
      'api_key.rotated success',
      'api_key.revoked success',
      'api_key.first_use_from_address success',
      'DELETE /wares denied',
    ],
  )
  assert.equal(rows[0]?.['credential_kind'], 'cookie')
  const mails = world.logged.filter((line) => line.includes('account.api_key_made'))
  assert.ok(mails.length >= 2, 'the owner is told of a key that is made, and of a rotation')
  assert.deepEqual(
    [rows[5]?.['credential_kind'], rows[5]?.['credential_id'], rows[5]?.['reason']],
    ['api-key', next.body.api_key.id, 'access.not_permitted'],
  )
  for (const secret of [key, next.body.key])
    assert.ok(!JSON.stringify(rows).includes(secret.slice(12)))
})

test('v5.0.0-V7.5.3 a key is made and replaced after a recent sign-in only; a key itself is asked for none', async () => {
  const fay = await world.signIn('fay')
  const { key, api_key } = await makeKey(fay)
  const old = 16 * 60_000
  world.clock.advance(old)
  for (const path of [KEYS, `${KEYS}/${api_key.id}/rotate`]) {
    const refused = await fay.post(path, path === KEYS ? shape : {})
    assert.deepEqual(
      [refused.status, refused.body['code']],
      [401, 'access.insufficient_user_authentication'],
    )
  }
  const byKey = await keyed(world, key).post(KEYS, shape)
  assert.notEqual(
    byKey.body['code'],
    'access.insufficient_user_authentication',
    JSON.stringify(byKey.body),
  )
  world.clock.advance(-old)
  assert.equal((await fay.post(KEYS, shape)).status, 201)
})
