import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { permissions } from '../access/index.ts'
import { record } from '../audit/index.ts'
import { feature, job, route } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { startWorld, type World } from '../testing/index.ts'

const may = permissions('stock', { order: 'Order stock' })
const step = { name: z.string() }
const second = job('stock.second', {
  input: step,
  handle: ({ tx, actor, input, log }) => {
    log.info({ step: input.name }, 'stock was counted')
    return record(tx, actor, { action: 'stock.counted', outcome: 'success' })
  },
})
const first = job('stock.first', {
  input: step,
  handle: async ({ tx, actor, input }) => {
    await record(tx, actor, { action: 'stock.ordered', outcome: 'success' })
    await second.enqueue(tx, input)
  },
})
const guarded = job('stock.guarded', {
  access: may.order,
  handle: ({ tx, actor }) => record(tx, actor, { action: 'stock.guarded', outcome: 'success' }),
})
const stock = feature('stock', {
  permissions: [may],
  jobs: [first, second, guarded],
  routes: [
    route('POST /guarded', {
      access: may.order,
      status: 202,
      handle: ({ db }) => db.transaction((tx) => guarded.enqueue(tx, {})),
    }),
    route('POST /order', {
      access: may.order,
      idempotent: true,
      status: 202,
      handle: ({ db }) => db.transaction((tx) => first.enqueue(tx, { name: 'order' })),
    }),
  ],
})

let world: World
before(async () => {
  world = await startWorld({ features: [stock] })
})
after(() => world[Symbol.asyncDispose]())

async function rowsOf(tenant: string) {
  const { rows } = await world.database.forTenant(tenant as Id<'tenant'>).query(
    `select action, actor_kind, actor_id, request_id, credential_kind, client_address
       from plinth.audit_events where action in ('stock.ordered', 'stock.counted') order by action desc`,
  )
  return rows
}

test('v5.0.0-V8.3.3 a job, and what it enqueues, goes on as whoever asked for it, under the id of their request', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme' })
  const answer = await ana.post('/order', {}, { 'idempotency-key': 'once' })
  assert.equal(answer.status, 202)
  const me = (await ana.get<{ user: { id: string }; tenant: { id: string } }>('/auth/web/me')).body
  const before = world.logged.length
  const waiting = 'select data::text as data from plinth_jobs.job'
  const { rows: kept } = await world.database.platform.query<{ data: string }>(waiting)
  const [{ data } = { data: '' }] = kept
  assert.ok(kept.length === 1 && data.includes(me.user.id))
  assert.doesNotMatch(data, /127\.0\.0\.1|address/i, 'where they sat is not kept')
  assert.equal(await world.drainJobs(), 2)
  const by = {
    actor_kind: 'person',
    actor_id: me.user.id,
    request_id: answer.headers.get('x-request-id'),
    credential_kind: 'cookie',
    client_address: null,
  }
  assert.deepEqual(await rowsOf(me.tenant.id), [
    { action: 'stock.ordered', ...by },
    { action: 'stock.counted', ...by },
  ])
  const lines = world.logged
    .slice(before)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  const told = lines.filter(({ message }) =>
    /stock was counted|job completed/.test(String(message)),
  )
  assert.deepEqual(
    told.map(({ request_id, actor_id, tenant }) => ({ request_id, actor_id, tenant })),
    told.map(() => ({ request_id: by.request_id, actor_id: by.actor_id, tenant: me.tenant.id })),
  )
  assert.equal(told.length, 3)
})

test('v5.0.0-V8.3.3 a job that names its access does nothing for whoever lost that while it waited', async () => {
  await world.signIn('eve', { tenant: 'evil' })
  const ben = await world.signIn('ben', { tenant: 'evil', can: ['stock:order'] })
  const me = (await ben.get<{ user: { id: string }; tenant: { id: string } }>('/auth/web/me')).body
  const db = world.database.forTenant(me.tenant.id as Id<'tenant'>)
  const guardedRows = async () => {
    const { rows } = await db.query<{ outcome: string; reason: string | null; actor_id: string }>(
      "select outcome, reason, actor_id from plinth.audit_events where action = 'stock.guarded' order by occurred_at, id",
    )
    return rows
  }
  const by = { actor_id: me.user.id }
  const done = { outcome: 'success', reason: null, ...by }
  assert.equal((await ben.post('/guarded')).status, 202)
  await world.drainJobs()
  assert.deepEqual(await guardedRows(), [done])
  assert.equal((await ben.post('/guarded')).status, 202)
  await db.query("update plinth.memberships set permissions = '{}' where person_id = $1", [
    me.user.id,
  ])
  await world.drainJobs()
  const denied = { outcome: 'denied', reason: 'access.not_permitted', ...by }
  assert.deepEqual(await guardedRows(), [done, denied])
})

test('v5.0.0-V8.3.3 a job that names its access does nothing for whoever was shut out while it waited', async () => {
  const cai = await world.signIn('cai', { tenant: 'shut', can: ['stock:order'] })
  const me = (await cai.get<{ user: { id: string }; tenant: { id: string } }>('/auth/web/me')).body
  assert.equal((await cai.post('/guarded')).status, 202)
  const disable = "update plinth.people set status = 'disabled' where id = $1"
  await world.database.platform.query(disable, [me.user.id])
  await world.drainJobs()
  const { rows } = await world.database
    .forTenant(me.tenant.id as Id<'tenant'>)
    .query("select outcome from plinth.audit_events where action = 'stock.guarded'")
  assert.deepEqual(rows, [{ outcome: 'denied' }])
})
