import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Client } from 'pg'
import { z } from 'zod'
import { record } from '../audit/index.ts'
import { entity } from '../data/index.ts'
import { crud } from '../entities/index.ts'
import { feature, route } from '../feature/index.ts'
import { problem } from '../kernel/index.ts'
import type { World } from '../testing/index.ts'
import { startWorld } from '../testing/index.ts'

const gadget = entity('gadget', { name: z.string().max(40) }, { unique: [['name']] })
const jammed = problem('oven.jammed', 409, 'The oven is jammed.')

/** Writes a row and its audit row, then fails: neither may be seen afterwards. */
const jam = route('POST /jam', {
  access: gadget.can.create,
  body: z.strictObject({ how: z.enum(['problem', 'crash', 'not permitted']) }),
  handle: ({ db, body, actor }) =>
    db.transaction(async (tx) => {
      const { id } = await gadget.insert(tx, { name: 'half' })
      await record(tx, actor, {
        action: 'gadget.jammed',
        outcome: 'success',
        target: { type: 'gadget', id },
      })
      if (body.how === 'problem') throw jammed()
      if (body.how === 'crash') throw new Error('a fault of ours')
      throw problem('oven.locked', 403, 'The oven is locked.')()
    }),
})

let world: World
let admin: Client
before(async () => {
  const gadgets = feature('gadget', { entities: [gadget], routes: [crud(gadget), jam] })
  world = await startWorld({ features: [gadgets] })
  admin = new Client(world.testDatabase.adminUrl)
  await admin.connect()
})
after(async () => {
  await admin.end()
  await world[Symbol.asyncDispose]()
})

/** Audit rows of a request, past row-level security. */
async function auditOf(headers: Headers) {
  const { rows } = await admin.query(
    `select a.action, a.outcome, a.reason, a.actor_kind, p.name as who, t.slug as tenant,
            a.client_address
       from plinth.audit_events a
       left join plinth.people p on p.id = a.actor_id
       left join plinth.tenants t on t.id = a.tenant_id
      where a.request_id = $1`,
    [headers.get('x-request-id')],
  )
  return rows
}

const row = (action: string, outcome: string, reason: string, who: string) => ({
  action,
  outcome,
  reason,
  actor_kind: 'person',
  who,
  tenant: 'acme',
  client_address: '127.0.0.1',
})

test('a denied action leaves its audit row: who, what, where, why', async () => {
  const bob = await world.signIn('bob', { can: ['gadget:read'] })
  const denied = await bob.post('/api/v1/gadgets', { name: 'Lamp' })
  assert.equal(denied.status, 403)
  assert.deepEqual(await auditOf(denied.headers), [
    row('POST /api/v1/gadgets', 'denied', 'access.not_permitted', 'bob'),
  ])
})

for (const [how, status, outcome, reason] of [
  ['problem', 409, 'failed', 'oven.jammed'],
  ['crash', 500, 'failed', 'http.internal'],
  ['not permitted', 403, 'denied', 'oven.locked'],
] as const) {
  test(`a transaction that rolls back by ${how} keeps nothing but the row that says so`, async () => {
    const ana = await world.signIn('ana')
    const refused = await ana.post('/jam', { how })
    assert.equal(refused.status, status)
    assert.deepEqual(await auditOf(refused.headers), [row('POST /jam', outcome, reason, 'ana')])
    const { rows } = await admin.query("select from app.gadgets where name = 'half'")
    assert.equal(rows.length, 0)
  })
}

test('a conflict (409) leaves its audit row, and the first write its own', async () => {
  const ana = await world.signIn('ana')
  const first = await ana.post('/api/v1/gadgets', { name: 'Desk' })
  const second = await ana.post('/api/v1/gadgets', { name: 'Desk' })
  assert.deepEqual([first.status, second.status], [201, 409])
  const [success] = await auditOf(first.headers)
  assert.deepEqual([success.action, success.outcome], ['gadget.create', 'success'])
  assert.deepEqual(await auditOf(second.headers), [
    row('POST /api/v1/gadgets', 'failed', 'entity.conflict', 'ana'),
  ])
})

test('a refused CSRF proof of somebody who is signed in leaves its row', async () => {
  const ana = await world.signIn('ana')
  const refused = await ana.post('/api/v1/gadgets', { name: 'x' }, { 'x-csrf-token': 'wrong' })
  assert.equal(refused.status, 403)
  assert.deepEqual(await auditOf(refused.headers), [
    row('POST /api/v1/gadgets', 'denied', 'http.csrf', 'ana'),
  ])
})

test('where the audit row itself cannot be written the refusal stands, and the log says so', async () => {
  const bob = await world.signIn('bob', { can: [] })
  const csrf = await bob.refreshCsrf()
  assert.notEqual(csrf, '')
  await admin.query('alter table plinth.audit_events rename to audit_events_away')
  try {
    assert.equal((await bob.post('/api/v1/gadgets', { name: 'x' })).status, 403)
  } finally {
    await admin.query('alter table plinth.audit_events_away rename to audit_events')
  }
  assert.match(world.logged.join(''), /an audit row could not be written/)
})
