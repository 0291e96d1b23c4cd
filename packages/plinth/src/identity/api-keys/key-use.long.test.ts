import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { KEYS, keyed, makeKey, roomyKeys } from '../../testing/api-keys.ts'
import type { Person, World } from '../../testing/index.ts'
import { startWorld } from '../../testing/index.ts'
import { startSecondProcess } from '../../testing/second-process.ts'
import { isoTime } from '../sessions/iso-time.ts'
import { wares } from './api-keys.fixture.ts'
import { touchKey } from './api-keys.repository.ts'
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

const trips = async (work: () => Promise<unknown>) => {
  const start = world.database.statistics.roundTrips
  await work()
  return world.database.statistics.roundTrips - start
}
const until = async (holds: () => Promise<boolean>, what: string) => {
  const end = performance.now() + 60_000
  while (!(await holds())) assert.ok(performance.now() < end, what)
}
/** Asks until the key is answered from memory. */
const warm = (key: string) =>
  until(async () => (await trips(() => keyed(world, key).get('/wares'))) === 0, 'never from memory')

test('a key that is read costs one round trip, and one in memory none', async () => {
  const { key } = await makeKey(ana)
  await keyed(world, key).get('/wares') // the address is noted, and the use
  await warm(key)
  await admin.query("select pg_notify('plinth_sessions', 'key ' || id) from plinth.api_keys")
  await until(
    async () => (await trips(() => keyed(world, key).get('/wares'))) === 1,
    'not read anew',
  )
})

test('AK-20 a key has its own limit, with the headers that say so', async () => {
  const { key } = await makeKey(ana, { rate_limit: 3 })
  const program = keyed(world, key)
  const answers = []
  for (let at = 0; at < 6; at += 1) answers.push(await program.get('/wares'))
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 429, 429, 429],
  )
  const [, , , refused] = answers
  assert.ok(Number(refused?.headers.get('retry-after')) >= 1)
  assert.match(refused?.headers.get('ratelimit') ?? '', /key/)
  const other = await makeKey(ana)
  assert.equal((await keyed(world, other.key).get('/wares')).status, 200)
})

test('AK-17 AK-20 in the overlap of a rotation both keys have the one limit', async () => {
  const { key, api_key } = await makeKey(ana, { rate_limit: 4 })
  const next = await ana.post<{ key: string }>(`/api/v1/api-keys/${api_key.id}/rotate`, {})
  const [old, young] = [keyed(world, key), keyed(world, next.body.key)]
  const statuses: number[] = []
  for (let at = 0; at < 3; at += 1) {
    statuses.push((await old.get('/wares')).status, (await young.get('/wares')).status)
  }
  assert.deepEqual(statuses, [200, 200, 200, 200, 429, 429])
})

test('AK-22 unknown keys are limited by address before the database is asked, and fill no memory', async () => {
  await using small = await startWorld({
    features: [wares],
    settings: { 'rate_limiter.failed_credentials.requests': 20, 'api_keys.cache_entries': 0 },
  })
  const good = await makeKey(await small.signIn('ana'))
  await keyed(small, good.key).get('/wares')
  const before = small.database.statistics.roundTrips
  for (let at = 0; at < 3; at += 1)
    assert.equal((await keyed(small, good.key).get('/wares')).status, 200)
  assert.equal(small.database.statistics.roundTrips - before, 3, 'nothing is remembered')
  const shown = (at: number) => `uk_user_${String(at).padStart(43, 'A')}`
  const statuses: number[] = []
  for (let at = 0; at < 20; at += 1)
    statuses.push((await keyed(small, shown(at)).get('/wares')).status)
  assert.deepEqual(new Set(statuses), new Set([401]))
  const start = small.database.statistics.roundTrips
  for (let at = 100; at < 300; at += 1)
    statuses.push((await keyed(small, shown(at)).get('/wares')).status)
  assert.equal(small.database.statistics.roundTrips, start, 'the database is not asked')
  assert.ok(statuses.slice(21).every((status) => status === 429))
  assert.equal((await keyed(small, good.key).get('/wares')).status, 200, 'a known key still works')
  assert.equal((await keyed(small, shown(1)).get('/wares')).status, 429)
  const stranger = await makeKey(await small.signIn('ben'))
  assert.equal((await keyed(small, stranger.key).get('/wares')).status, 429, 'it is not known yet')
})

test('AK-22 five hundred unknown keys at once are counted exactly, mostly before the database is asked, and starve no known key', async () => {
  const most = 20
  const limits = { 'rate_limiter.failed_credentials.requests': most, 'api_keys.cache_entries': 50 }
  await using small = await startWorld({ features: [wares], settings: limits })
  const good = await makeKey(await small.signIn('ana'))
  assert.equal((await keyed(small, good.key).get('/wares')).status, 200)
  const start = small.database.statistics.roundTrips
  const shown = (at: number) => `uk_user_${String(at).padStart(43, 'B')}`
  const flood = Promise.all(
    Array.from(
      { length: 500 },
      async (_, at) => (await keyed(small, shown(at)).get('/wares')).status,
    ),
  )
  const meanwhile = []
  for (let at = 0; at < 10; at += 1)
    meanwhile.push((await keyed(small, good.key).get('/wares')).status)
  const statuses = await flood
  const trips = small.database.statistics.roundTrips - start
  assert.deepEqual(new Set(meanwhile), new Set([200]), 'a known key goes on')
  const count = (status: number) => statuses.filter((one) => one === status).length
  assert.deepEqual([count(401), count(429)], [most, 500 - most])
  assert.ok(trips < 250, `the database was asked ${trips} times`)
  assert.equal((await keyed(small, shown(500)).get('/wares')).status, 429)
})

test('AK-23 a key that was refused before it was there works within a second', async () => {
  const { key, api_key } = await makeKey(ana)
  await admin.query('update plinth.api_keys set key_hash = $2 where id = $1', [
    api_key.id,
    Buffer.alloc(32, 1),
  ])
  const program = keyed(world, key)
  await until(async () => (await program.get('/wares')).status === 401, 'the hash is gone')
  await admin.query('update plinth.api_keys set key_hash = $2 where id = $1', [
    api_key.id,
    Buffer.from(hashKey(key), 'hex'),
  ])
  world.clock.advance(1_000)
  assert.equal((await program.get('/wares')).status, 200)
  world.clock.advance(-1_000)
})

test('AK-25 the use of a key is noted once a minute, and a database that takes no writes fails nothing', async () => {
  const { key, api_key } = await makeKey(ana)
  const program = keyed(world, key)
  const used = async () => {
    const { rows } = await admin.query<{ at: string | null; writes: string }>(
      `select to_json(last_used_at) #>> '{}' as at, xmin::text as writes
         from plinth.api_keys where id = $1`,
      [api_key.id],
    )
    return rows[0]
  }
  assert.equal((await used())?.at, null)
  await Promise.all(Array.from({ length: 20 }, () => program.get('/wares')))
  await until(async () => (await used())?.at !== null, 'the first use is noted')
  const first = await used()
  await warm(key)
  const repeated = async () => {
    for (let at = 0; at < 20; at += 1) await program.get('/wares')
  }
  // On a busy machine news may be late, and then requests are read; a write more would be one each time.
  await until(async () => (await trips(repeated)) === 0, 'a process writes once a minute')
  const now = new Date(first?.at ?? 0).getTime() + 59_999
  const again = { id: api_key.id, now: isoTime(now), before: isoTime(now - 59_999) }
  await touchKey(world.database.platform, again)
  assert.deepEqual(await used(), first, 'and so do all of them together')
  world.clock.advance(61_000)
  await program.get('/wares')
  await until(async () => (await used())?.at !== first?.at, 'noted anew after a minute')
  await admin.query('revoke update on plinth.api_keys from plinth_app')
  world.clock.advance(61_000)
  const other = await program.get('/wares')
  await admin.query('grant update on plinth.api_keys to plinth_app')
  world.clock.advance(-122_000)
  assert.equal(other.status, 200)
})

test('AK-26 XF-03 a key that is bound to addresses comes from them; what a client forwards proves nothing', async () => {
  await using proxied = await startSecondProcess(
    world,
    [],
    { 'app.trusted_proxies': ['127.0.0.1'] },
    { features: [wares] },
  )
  const { key } = await makeKey(ana, { allowed_ips: ['203.0.113.0/24', '2001:db8::/32'] })
  const local = await makeKey(ana, { allowed_ips: ['127.0.0.1'] })
  const from = async (at: { url: string }, forwarded: string) =>
    (await keyed(at, key).get('/wares', { 'x-forwarded-for': forwarded })).status
  assert.equal(await from(world, '203.0.113.5'), 401, 'nobody vouches for the header')
  assert.equal((await keyed(world, local.key).get('/wares')).status, 200)
  const cases: readonly (readonly [string, number])[] = [
    ['203.0.113.5', 200],
    ['198.51.100.1, 203.0.113.5', 200],
    ['203.0.113.5, 198.51.100.1', 401],
    ['203.0.113.5, junk', 401],
    ['198.51.100.1', 401],
    ['2001:db8::1', 200],
    ['::ffff:203.0.113.9', 200],
    ['', 401],
  ]
  for (const [forwarded, status] of cases)
    assert.equal(await from(proxied, forwarded), status, forwarded)
})

test('AK-26 an allow-list names addresses and networks, and leaves somebody out', async () => {
  const wrong = [
    '0.0.0.0/0',
    '::/0',
    '203.0.113.0/',
    '203.0.113.0/33',
    'localhost',
    '*',
    '203.0.113.0/08',
  ]
  for (const entry of [...wrong, '203.0.113.0/24 ', '1.2.3', 'fe80::1%eth0', ''])
    assert.equal(
      (await ana.post(KEYS, { type: 'user', name: 'n', scopes: [], allowed_ips: [entry] })).status,
      422,
      entry,
    )
})

test('AK-29 the first use from an address is one row; refusals of a key are rows, which name it where there is one', async () => {
  const { key, api_key } = await makeKey(ana)
  const program = keyed(world, key)
  await Promise.all(Array.from({ length: 10 }, () => program.get('/wares')))
  const bound = await makeKey(ana, { allowed_ips: ['192.0.2.1'] })
  for (let at = 0; at < 5; at += 1) await keyed(world, bound.key).get('/wares')
  const { headers } = await keyed(world, `uk_user_${'z'.repeat(43)}`).get('/wares')
  const { rows } = await admin.query<Record<string, unknown>>(
    `select action, reason, actor_kind, client_address, credential_id from plinth.audit_events
      where target_id = any($1) and action <> 'api_key.created' order by occurred_at, id`,
    [[api_key.id, bound.api_key.id]],
  )
  assert.deepEqual(rows, [
    {
      action: 'api_key.first_use_from_address',
      reason: null,
      actor_kind: 'person',
      client_address: '127.0.0.1',
      credential_id: api_key.id,
    },
    {
      action: 'api_key.refused',
      reason: 'address_denied',
      actor_kind: 'anonymous',
      client_address: '127.0.0.1',
      credential_id: bound.api_key.id,
    },
  ])
  const unknown = await admin.query(
    `select reason, actor_kind, target_id, credential_id from plinth.audit_events
      where action = 'api_key.refused' and request_id = $1`,
    [headers.get('x-request-id')],
  )
  const nobodys = { actor_kind: 'anonymous', target_id: null, credential_id: null }
  assert.deepEqual(unknown.rows, [{ reason: 'unknown', ...nobodys }])
})

test('AK-28 a test key is told apart, and is neither made nor taken in production', async () => {
  const { key, api_key } = await makeKey(ana, { test: true })
  assert.match(key, /^uk_user_test_[A-Za-z0-9_-]{38}$/)
  assert.equal(api_key['test'], true)
  assert.equal((await keyed(world, key).get('/wares')).status, 200)
})

test('the hook checkKey has the last word, on every request, and refuses when it fails', async () => {
  const asked: string[] = []
  await using hooked = await startWorld({
    features: [wares],
    hooks: {
      checkKey: async (checked, request) => {
        asked.push(`${checked.metadata['plan']} ${request.method} ${request.path}`)
        if (checked.metadata['plan'] === 'broken') throw new Error('no answer')
        return checked.metadata['plan'] === 'paid'
      },
    },
  })
  const eve = await hooked.signIn('eve')
  const of = async (plan: string) => (await makeKey(eve, { metadata: { plan } })).key
  const [paid, free, broken] = [await of('paid'), await of('free'), await of('broken')]
  for (let round = 0; round < 3; round += 1) {
    const answers = await Promise.all(
      [paid, free, broken].map((key) => keyed(hooked, key).get('/wares')),
    )
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401, 401],
    )
  }
  assert.equal(asked.length, 9)
  assert.equal(asked[0], 'paid GET /wares')
})
