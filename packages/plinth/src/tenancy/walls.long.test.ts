import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { request as rawRequest } from 'node:http'
import { Readable } from 'node:stream'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyRequest } from 'fastify'
import { Client } from 'pg'
import { z } from 'zod'
import { signedIn } from '../access/index.ts'
import type { Db, Queryable } from '../data/index.ts'
import { contextOf, feature, route } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { newId } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'
import type { SecondProcess } from '../testing/second-process.ts'
import { startSecondProcess } from '../testing/second-process.ts'
import type { Arranged } from './tenancy.fixture.ts'
import {
  arrange,
  ask,
  bearerOf,
  here,
  principalOfBearer,
  thing,
  things,
} from './tenancy.fixture.ts'

/** Does a bit of everything between looks at its own tenant, and says what it saw. */
const wander = route('GET /wander', {
  access: signedIn(),
  tenant: 'required',
  query: { how: z.enum(['well', 'badly']) },
  returns: z.object({ seen: z.array(z.string()) }),
  handle: async ({ db, query, request }) => {
    const seen: string[] = []
    const look = async (door: Db) => {
      const { rows } = await door.query<{ tenant_id: string }>('select tenant_id from app.things')
      seen.push(door.tenant, contextOf(request).db.tenant, ...rows.map((row) => row.tenant_id))
    }
    await look(db)
    await sleep(1)
    const emitter = new EventEmitter()
    setImmediate(() => emitter.emit('now'))
    await once(emitter, 'now')
    await db.transaction(async (tx) => {
      await look(tx)
      await sleep(1)
      await look(tx)
    })
    for await (const _ of Readable.from(['a', 'b'])) await look(db)
    if (query.how === 'badly') throw new Error('on purpose')
    await look(db)
    return { seen }
  },
})

const nowhere = route('GET /nowhere', {
  access: signedIn(),
  tenant: 'none',
  handle: ({ db }) => void db,
})

const features = [things, feature('wander', { routes: [wander, nowhere] }), here]
const authenticate = ({ headers }: FastifyRequest) => principalOfBearer(headers.authorization)

const sent: string[] = []
const crowd = Array.from({ length: 50 }, () => newId<'tenant'>())
let world: World
let second: SecondProcess
let admin: Client
let ana: Arranged
before(async () => {
  world = await startWorld({
    features,
    authenticate,
    onStatements: (statements) => sent.push(...statements.map(({ text }) => text)),
  })
  second = await startSecondProcess(world, [], {}, { features, authenticate })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
  ana = await arrange(world, ['acme', 'evil'], ['acme'])
  for (const tenant of [...Object.values(ana.tenants), ...crowd]) {
    await thing.insert(world.database.forTenant(tenant), { name: `of ${tenant}` })
  }
})
after(async () => {
  await admin.end()
  await second[Symbol.asyncDispose]()
  await world[Symbol.asyncDispose]()
})

const tenant = (slug: string): Id<'tenant'> => ana.tenants[slug] ?? newId()
const asAna = (slug?: string): Record<string, string> => ({
  authorization: bearerOf({ person: ana.person }),
  ...(slug !== undefined && { 'x-tenant-id': slug }),
})
/** A token that somebody else's identity bound to a tenant. */
const bound = (to: Id<'tenant'>) => ({
  authorization: bearerOf({ person: newId<'person'>(), tenant: to, permissions: ['*'] }),
})

test('TN-16 without a tenant the data layer throws above, and shows no row below', async () => {
  const { status, body } = await ask(world, '/nowhere', asAna())
  assert.deepEqual([status, body['code']], [400, 'tenant.required'])
  const { platform } = world.database
  assert.equal((await platform.query('select from app.things')).rowCount, 0)
  assert.equal((await platform.query('update app.things set name = name')).rowCount, 0)
  const insert = "insert into app.things (id, name) values (gen_random_uuid(), 'x')"
  await assert.rejects(platform.query(insert))
})

/** What somebody tries with the id of a row of another tenant; each answers what it reached. */
const attempts: readonly (readonly [string, (db: Queryable, id: string) => Promise<number>])[] = [
  ['read', async (db, id) => count(db, 'select from app.things where id = $1', [id])],
  ['list', async (db) => (await count(db, 'select from app.things')) - 1],
  ['update', (db, id) => count(db, 'update app.things set name = name where id = $1', [id])],
  ['delete', (db, id) => count(db, 'delete from app.things where id = $1', [id])],
  [
    'join',
    (db, id) =>
      count(db, 'select from app.things a join app.things b on true where b.id = $1', [id]),
  ],
  [
    'insert',
    (db, id) =>
      count(
        db,
        `insert into app.things (tenant_id, id, name)
         select tenant_id, gen_random_uuid(), 'smuggled' from app.things where id = $1`,
        [id],
      ),
  ],
]
const count = async (db: Queryable, text: string, values: unknown[] = []) =>
  (await db.query(text, values)).rowCount

async function foreignRow(): Promise<string> {
  const { rows } = await admin.query('select id from app.things where tenant_id = $1', [
    tenant('evil'),
  ])
  return rows[0]?.id
}

test('TN-40 v5.0.0-V8.4.1 both walls: a row of another tenant is not found over HTTP', async () => {
  const id = await foreignRow()
  assert.equal((await ask(world, `/things/${id}`, asAna('acme'))).status, 404)
  assert.equal((await ask(world, `/things/${id}`, asAna('evil'))).status, 404)
  const { body } = await ask(world, '/things', asAna('acme'))
  assert.ok(!JSON.stringify(body).includes(tenant('evil')))
})

test('TN-40 v5.0.0-V8.3.1 v5.0.0-V8.4.1 the first wall off: SQL that names no tenant reaches nothing foreign, by policy alone', async () => {
  const id = await foreignRow()
  const mine = world.database.forTenant(tenant('acme'))
  for (const [what, attempt] of attempts) assert.equal(await attempt(mine, id), 0, what)
})

test('TN-02 TN-40 v5.0.0-V8.3.1 v5.0.0-V8.4.1 the second wall off: nobody gets into a tenant that is not theirs; and every attempt of the test above is seen to succeed', async () => {
  const id = await foreignRow()
  const mine = world.database.forTenant(tenant('acme'))
  await arrange(world, ['rival'], ['rival'])
  const tables = ['app.things', 'plinth.memberships']
  const walls = (way: 'enable' | 'disable') =>
    admin.query(tables.map((name) => `alter table ${name} ${way} row level security`).join(';'))
  await walls('disable')
  try {
    for (const way of ['rival', 'evil', tenant('evil'), 'nowhere']) {
      assert.equal((await ask(world, '/required', asAna(way))).status, 404, way)
    }
    assert.equal((await ask(world, '/required', asAna('acme'))).status, 200)
    // The statements of an entity name the tenant themselves.
    assert.equal((await ask(world, `/things/${id}`, asAna('acme'))).status, 404)
    const { body } = await ask(world, '/things', asAna('acme'))
    assert.ok(!JSON.stringify(body).includes(tenant('evil')))
    const kept = attempts.filter(([what]) => what !== 'delete')
    for (const [what, attempt] of kept) assert.notEqual(await attempt(mine, id), 0, what)
  } finally {
    await admin.query("delete from app.things where name = 'smuggled'")
    await walls('enable')
  }
})

test('TN-28 whoever can write SQL can write another tenant into it: values never become SQL', async () => {
  const mine = world.database.forTenant(tenant('acme'))
  const injected = `set_config('plinth.tenant_id', '${tenant('evil')}', true)`
  const { rows } = await mine.transaction(async (tx) => {
    await tx.query(`select ${injected}`)
    return tx.query<{ tenant_id: string }>('select tenant_id from app.things')
  })
  assert.equal(rows[0]?.tenant_id, tenant('evil'), 'the policy is no cure for an injection')
  const hostile = `'||${injected}||'`
  const { rows: safe } = await mine.query<{ said: string; tenant_id: string }>(
    'select $1 as said, tenant_id from app.things',
    [hostile],
  )
  assert.deepEqual(safe, [{ said: hostile, tenant_id: tenant('acme') }])
})

test('TN-38 no request changes the role, nor anything that outlives its transaction', async () => {
  sent.length = 0
  await ask(world, '/things', asAna('acme'))
  await ask(world, '/wander?how=well', bound(tenant('acme')))
  assert.ok(sent.length > 4)
  for (const text of sent) {
    assert.doesNotMatch(text, /\bset\s+(?!config)(session|role|local)|set_config\([^)]*false/i)
    if (/set_config/.test(text)) assert.match(text, /true\)/)
  }
})

test('TN-47 200 parallel requests of 50 tenants, with timers, emitters, streams, exceptions and callers who leave', async () => {
  const asked = Array.from({ length: 200 }, async (_, at) => {
    const own = crowd[at % crowd.length] ?? newId<'tenant'>()
    if (at % 7 === 0) return leave(bound(own))
    const how = at % 5 === 0 ? 'badly' : 'well'
    const { status, body } = await ask(world, `/wander?how=${how}`, bound(own))
    assert.equal(status, how === 'well' ? 200 : 500)
    if (how === 'badly') return
    const seen = new Set(body['seen'] as readonly string[])
    assert.deepEqual([...seen], [own])
  })
  await Promise.all(asked)
  const again = await Promise.all(crowd.map((own) => ask(world, '/wander?how=well', bound(own))))
  for (const [at, { body }] of again.entries()) {
    assert.deepEqual([...new Set(body['seen'] as readonly string[])], [crowd[at]])
  }
})

/** Sends a request and hangs up before the answer. */
async function leave(headers: Record<string, string>): Promise<void> {
  const sending = rawRequest(`${world.url}/wander?how=well`, { headers })
  sending.on('error', () => undefined).end()
  await sleep(5)
  sending.destroy()
}

test('TN-56 metrics, logs and errors show no value of another tenant', async () => {
  const id = await foreignRow()
  await ask(world, `/things/${id}`, asAna('acme'))
  await ask(world, '/required', asAna('evil'))
  const clash = world.database.forTenant(tenant('acme'))
  await assert.rejects(thing.insert(clash, { name: `of ${tenant('acme')}` }), (error: Error) => {
    assert.doesNotMatch(JSON.stringify(error), new RegExp(tenant('evil')))
    return true
  })
  const metrics = await world.service.metrics.text()
  for (const own of [...Object.values(ana.tenants), ...crowd]) {
    assert.ok(!metrics.includes(own), 'a tenant is no label of a metric')
    assert.ok(!world.logged.some((line) => line.includes(`of ${own}`)))
  }
})

test('TN-13 a membership that ends is over in every process within a second', async () => {
  const ask2 = (process: { url: string }) => ask(process, '/required', asAna('acme'))
  const warm = async (process: { url: string }) => {
    for (let round = 0; round < 20; round += 1) assert.equal((await ask2(process)).status, 200)
    await sleep(300)
    assert.equal((await ask2(process)).status, 200)
  }
  await Promise.all([warm(world), warm(second)])
  // The last administrator cannot go.
  const other = newId<'person'>()
  await world.database.platform.query("insert into plinth.people (id, name) values ($1, 'B')", [
    other,
  ])
  const acme = world.database.forTenant(tenant('acme'))
  await acme.query(
    "insert into plinth.memberships (tenant_id, person_id, role) values ($1, $2, 'owner')",
    [acme.tenant, other],
  )
  await acme.query('delete from plinth.memberships where person_id = $1', [ana.person])
  const ended = performance.now()
  const watch = async (process: { url: string }) => {
    let isOver = false
    while (!isOver || performance.now() < ended + 1_500) {
      const asked = performance.now()
      const { status } = await ask2(process)
      assert.ok(!isOver || status === 404, 'what was seen once is not forgotten')
      isOver ||= status === 404
      if (asked > ended + 1_000) assert.equal(status, 404)
      await sleep(10)
    }
  }
  await Promise.all([watch(world), watch(second)])
})
