import assert from 'node:assert/strict'
import { request } from 'node:http'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { signedIn } from '../access/index.ts'
import { createTableSql, entity, entityProblems } from '../data/index.ts'
import { feature, route } from '../feature/index.ts'
import { forgetIdempotencyKeys } from '../http/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { Answer, CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const bolt = entity('bolt', { name: z.string() }, { unique: [['name']] })

/** A route of the service's own: it writes, and fails when it is told to. */
const tighten = route('POST /tighten', {
  access: signedIn(),
  tenant: 'required',
  idempotent: true,
  body: z.object({ name: z.string(), fail: z.boolean().default(false) }),
  handle: async ({ db, body }) => {
    await db.transaction((tx) => bolt.insert(tx, { name: body.name }))
    if (body.fail) throw entityProblems.inUse()
  },
})

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: createTableSql(bolt),
    features: [feature('bolts', { routes: [crud(bolt), tighten] })],
    who: {
      ana: { permissions: ['*'] },
      ben: { permissions: ['*'] },
      evil: { permissions: ['*'], tenant: 1 },
    },
  })
})
after(() => world[Symbol.asyncDispose]())

const post = (key: string, body: object, path = '/api/v1/bolts', who = 'ana') =>
  world.call('POST', path, { body, who, headers: { 'idempotency-key': key } })
const seenAs = ({ status, headers, body }: Answer) => [
  status,
  headers.get('location'),
  headers.get('etag'),
  body,
]
async function countOf(table: string): Promise<number> {
  const { rows } = await world.admin.query(`select count(*)::int as n from ${table}`)
  return rows[0].n
}
const bolts = () => countOf('app.bolts')

test('the same request under the same key: the same answer, carried out once', async () => {
  const first = await post('key-1', { name: 'M1' })
  assert.equal(first.status, 201)
  const audited = await countOf('plinth.audit_events')
  const again = await post('key-1', { name: 'M1' })
  assert.deepEqual(seenAs(again), seenAs(first))
  assert.match(again.headers.get('location') ?? '', /^\/api\/v1\/bolts\/[0-9a-f-]{36}$/)
  assert.deepEqual([await bolts(), await countOf('plinth.audit_events')], [1, audited])
})

test('bulk and a route of one’s own take keys too, also one without a body in its answer', async () => {
  const items = [{ name: 'B1' }, { name: 'B2' }]
  const first = await post('key-2', { items }, '/api/v1/bolts/bulk')
  const again = await post('key-2', { items }, '/api/v1/bolts/bulk')
  assert.equal(first.status, 201, JSON.stringify(first.body))
  assert.deepEqual(seenAs(again), seenAs(first))
  const own = await post('key-2', { name: 'T1' }, '/tighten')
  const ownAgain = await post('key-2', { name: 'T1' }, '/tighten')
  assert.deepEqual([own.status, ownAgain.status, own.body], [204, 204, {}])
})

test('the programs of one owner do not see each other’s answers, nor those of the owner', async () => {
  const as = (who: string) => post('key-of-many', { name: `of ${who}` }, '/api/v1/bolts', who)
  for (const who of ['ana', 'ana+nightly', 'ana+hourly']) assert.equal((await as(who)).status, 201)
  const first = await post('key-shared', { name: 'S1' }, '/api/v1/bolts', 'ana+nightly')
  const other = await post('key-shared', { name: 'S1' }, '/api/v1/bolts', 'ana+hourly')
  assert.deepEqual([first.status, other.status], [201, 409], 'carried out, not repeated')
  const again = await post('key-shared', { name: 'S1' }, '/api/v1/bolts', 'ana+nightly')
  assert.deepEqual(seenAs(again), seenAs(first))
})

test('another body under the same key is 422, and nothing happens', async () => {
  const count = await bolts()
  const refused = await post('key-1', { name: 'M2' })
  assert.deepEqual([refused.status, refused.body['code']], [422, 'http.idempotency_key_reused'])
  assert.equal(await bolts(), count)
})

test('TN-52 a key is its caller’s: another person, tenant or address does not meet it', async () => {
  const ids = [
    await post('key-3', { name: 'P1' }),
    await post('key-3', { name: 'P2' }, '/api/v1/bolts', 'ben'),
    await post('key-3', { name: 'P1' }, '/api/v1/bolts', 'evil'),
    await post('key-3', { name: 'P3' }, '/api/v1/bolts?'),
  ].map(({ status, body }) => [status, body['id']])
  assert.equal(new Set(ids.map(([, id]) => id)).size, 4)
  assert.deepEqual(
    ids.map(([status]) => status),
    [201, 201, 201, 201],
  )
})

test('of many at once one is carried out; others wait for nobody', async () => {
  const count = await bolts()
  const answers = await Promise.all(Array.from({ length: 8 }, () => post('key-4', { name: 'Q1' })))
  const made = answers.filter(({ status }) => status === 201)
  const early = answers.filter(({ status }) => status === 409)
  assert.equal(made.length + early.length, 8)
  assert.equal(new Set(made.map(({ body }) => body['id'])).size, 1)
  assert.deepEqual(
    [...new Set(early.map(({ body }) => body['code']))].filter(
      (code) => code !== 'http.idempotency_in_flight',
    ),
    [],
  )
  assert.equal(await bolts(), count + 1)
})

test('while one is in flight, the next is 409', async () => {
  const { tenant, person } = world.callers['ana'] ?? assert.fail()
  await post('key-5', { name: 'R0' })
  const { rows } = await world.admin.query(
    'select key_hash from plinth.idempotency_keys order by expires_at desc limit 1',
  )
  const lock = rows[0].key_hash.readBigInt64BE(0).toString()
  await world.admin.query('begin')
  await world.admin.query('select pg_advisory_xact_lock($1::bigint)', [lock])
  const refused = await post('key-5', { name: 'R0' })
  await world.admin.query('rollback')
  assert.deepEqual([refused.status, refused.body['code']], [409, 'http.idempotency_in_flight'])
  assert.equal((await post('key-5', { name: 'R0' })).status, 201)
  assert.ok(tenant && person)
})

test('what was refused or failed is not kept, and leaves nothing behind', async () => {
  await post('key-6', { name: 'S1' })
  assert.equal((await post('key-7', { name: 'S1' })).status, 409)
  const kept = await countOf('plinth.idempotency_keys')
  const count = await bolts()
  const failed = await post('key-8', { name: 'S2', fail: true }, '/tighten')
  assert.deepEqual([failed.status, failed.body['code']], [409, 'entity.in_use'])
  assert.deepEqual([await bolts(), await countOf('plinth.idempotency_keys')], [count, kept])
  await world.admin.query("delete from app.bolts where name = 'S1'")
  assert.equal((await post('key-7', { name: 'S1' })).status, 201)
})

test('an answer is kept as long as the setting says, then the job forgets it', async () => {
  const first = await post('key-9', { name: 'U1' })
  const { rows } = await world.admin.query(
    `select extract(epoch from max(expires_at) - now())::int as seconds
       from plinth.idempotency_keys`,
  )
  assert.ok(rows[0].seconds > 86_000 && rows[0].seconds <= 86_400)
  await world.admin.query("update plinth.idempotency_keys set expires_at = now() - interval '1 s'")
  assert.equal((await post('key-9', { name: 'U1' })).status, 409, 'carried out again: it is taken')
  const tenant = world.callers['ana']?.tenant ?? newId<'tenant'>()
  await runForgetting(tenant)
  const left = await world.admin.query('select distinct tenant_id from plinth.idempotency_keys')
  assert.deepEqual(
    left.rows.map((row) => row.tenant_id),
    [world.callers['evil']?.tenant],
  )
  assert.equal(first.status, 201)
})

async function runForgetting(tenant: Id<'tenant'>): Promise<void> {
  const actor = { kind: 'system', person: null, clientAddress: null, requestId: null } as const
  const { log, signal } = { log: { info() {}, warn() {}, error() {} }, signal: AbortSignal.abort() }
  await world.database.database
    .forTenant(tenant)
    .transaction((tx) => forgetIdempotencyKeys.spec.handle({ tx, input: {}, actor, log, signal }))
}

const hostile = ['', ' ', 'a b', 'a'.repeat(256), 'caf\u00e9', 'a\tb', ['one', 'two']]

for (const key of hostile) {
  test(`HI-22 the key ${JSON.stringify(key).slice(0, 20)} is refused`, async () => {
    const count = await bolts()
    assert.equal(await statusOf(key), typeof key === 'string' ? 422 : 400)
    assert.equal(await bolts(), count)
  })
}

/** Without fetch(), which would mend or refuse such headers itself. */
function statusOf(key: string | readonly string[]): Promise<number | undefined> {
  const body = JSON.stringify({ name: 'H1' })
  const headers = {
    authorization: 'Bearer ana',
    'content-type': 'application/json',
    'content-length': body.length,
    'idempotency-key': typeof key === 'string' ? key : [...key],
  }
  return new Promise((resolve, reject) => {
    const sent = request(
      `${world.http.url}/api/v1/bolts`,
      { method: 'POST', headers },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

test('a text too long for its index is 422 with the field, not a failure', async () => {
  const random = (count: number) => Array.from({ length: count }, () => newId()).join('')
  for (const [name, path] of [
    [random(200), 'body/name'],
    [random(400), 'body'],
  ] as const) {
    const refused = await world.call('POST', '/api/v1/bolts', { body: { name } })
    const [detail] = refused.body.details
    assert.deepEqual([refused.status, detail?.path], [422, path])
    assert.match(detail?.message ?? '', /too long for its index/)
  }
})
