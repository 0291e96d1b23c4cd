import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { createTableSql, entity, money } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import { NIL_ID, newId } from '../kernel/index.ts'
import { openTestDatabase } from '../testing/database.ts'
import type { HttpHarness } from '../testing/http-harness.ts'
import { openHttp } from '../testing/http-harness.ts'
import { counted } from './crud.fixture.ts'
import { crud } from './index.ts'

const gadget = entity(
  'gadget',
  {
    sku: z.string().regex(/^[A-Z0-9-]{3,40}$/),
    name: z.string().trim().min(1).max(200),
    price: money(),
    cost: money().default(0),
    stock: z.int32().min(0).default(0),
    status: z.enum(['draft', 'live']).default('draft'),
    note: z.string().max(200).optional(),
  },
  {
    hidden: ['cost'],
    serverOnly: ['status'],
    unique: [['sku']],
    computed: { in_stock: [z.boolean(), (row) => row.stock > 0] },
  },
)

const [acme, evil] = [newId<'tenant'>(), newId<'tenant'>()]
const person = newId<'person'>()
let database: Awaited<ReturnType<typeof openTestDatabase>>
let http: HttpHarness
let batches: number[] = []

before(async () => {
  database = await openTestDatabase({ sql: createTableSql(gadget) })
  http = await openHttp([feature('gadget', { entities: [gadget], routes: [crud(gadget)] })], {
    dbFor: (tenant) => counted(database.database.forTenant(tenant), batches),
    authenticate: async (request) => ({
      person,
      name: 'Ana',
      tenant: whoCalls(request.headers) === 'evil' ? evil : acme,
      permissions: whoCalls(request.headers) === 'reader' ? ['gadget:read'] : ['gadget:*'],
      credential: { kind: 'bearer', id: 'b', authenticatedAt: 0 },
    }),
    placeInTenant: (_, { tenant, permissions }) => ({ tenant: tenant ?? acme, permissions }),
  })
})
after(async () => {
  await http[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
})

const whoCalls = ({ authorization }: { authorization?: string | undefined }) =>
  authorization?.replace('Bearer ', '')

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>> & {
    readonly details?: readonly { path: string }[]
  }
}

async function call(
  method: string,
  path: string,
  {
    body,
    who = 'ana',
    headers = {},
  }: { body?: object; who?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(`${http.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${who}`,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  return {
    status: answer.status,
    headers: answer.headers,
    body: text === '' ? {} : JSON.parse(text),
  }
}

let numbers = 0
const draft = () => {
  numbers += 1
  return { sku: `SKU-${numbers}`, name: ' Lamp ', price: 1999 }
}
const create = async (who = 'ana') =>
  (await call('POST', '/api/v1/gadgets', { body: draft(), who })).body
const at = (id: unknown) => `/api/v1/gadgets/${id}`

test('create answers 201 with Location and ETag, and what get answers', async () => {
  const body = draft()
  const created = await call('POST', '/api/v1/gadgets/', { body })
  assert.equal(created.status, 201)
  assert.deepEqual(
    { ...created.body, id: 0, created_at: 0, updated_at: 0 },
    {
      id: 0,
      ...body,
      name: 'Lamp',
      stock: 0,
      status: 'draft',
      note: null,
      version: 1,
      created_at: 0,
      updated_at: 0,
      in_stock: false,
    },
  )
  assert.equal(created.headers.get('location'), at(created.body['id']))
  assert.equal(created.headers.get('etag'), '"1"')
  const read = await call('GET', created.headers.get('location') ?? '')
  assert.deepEqual([read.status, read.body], [200, created.body])
  assert.equal(read.headers.get('etag'), '"1"')
})

test('create costs one round trip, its audit row included; a read costs one', async () => {
  batches = []
  const { id } = await create()
  assert.deepEqual(batches, [2])
  batches = []
  await call('GET', at(id))
  assert.deepEqual(batches, [1])
  const { rows } = await database.database
    .forTenant(acme)
    .query(
      `select action, actor_id, target_type, outcome, data from plinth.audit_events where target_id = $1`,
      [id],
    )
  assert.deepEqual(rows, [
    {
      action: 'gadget.create',
      actor_id: person,
      target_type: 'gadget',
      outcome: 'success',
      data: { fields: ['sku', 'name', 'price', 'stock', 'note'] },
    },
  ])
})

test('PATCH changes what it names, PUT replaces all that a client may set', async () => {
  const { id, sku } = await create()
  const db = database.database.forTenant(acme)
  await gadget.update(db, id as Id<'gadget'>, { cost: 700, status: 'live' })
  const patched = await call('PATCH', at(id), { body: { stock: 3, note: 'x' } })
  assert.deepEqual(
    [
      patched.status,
      patched.body['stock'],
      patched.body['name'],
      patched.body['in_stock'],
      patched.body['version'],
    ],
    [200, 3, 'Lamp', true, 3],
  )
  const put = await call('PUT', at(id), { body: { sku, name: 'Desk', price: 5 } })
  assert.deepEqual(
    [put.status, put.body['stock'], put.body['note'], put.body['status'], put.headers.get('etag')],
    [200, 0, null, 'live', '"4"'],
  )
  assert.equal((await gadget.get(db, id as Id<'gadget'>)).cost, 700)
  assert.equal((await call('PUT', at(id), { body: { name: 'Desk' } })).status, 422)
})

test('v5.0.0-V8.2.3 v5.0.0-V15.3.3 mass assignment: hidden, server-only and base fields are refused by name', async () => {
  const { id } = await create()
  for (const field of [
    'cost',
    'status',
    'id',
    'tenant_id',
    'version',
    'created_at',
    'in_stock',
    'x',
  ]) {
    for (const [method, path, body] of [
      ['POST', '/api/v1/gadgets', draft()],
      ['PATCH', at(id), {}],
    ] as const) {
      const refused = await call(method, path, { body: { ...body, [field]: 1 } })
      assert.deepEqual([refused.status, refused.body.details?.[0]?.path], [422, `body/${field}`])
    }
  }
})

test('TN-61 another tenant’s id, an unknown id: the same 404, and nothing happens', async () => {
  const { id } = await create()
  const bodies = new Set<string>()
  for (const missing of [id, newId(), NIL_ID]) {
    for (const [method, body] of [
      ['GET'],
      ['PATCH', { stock: 9 }],
      ['PUT', draft()],
      ['DELETE'],
    ] as const) {
      const answer = await call(method, at(missing), { who: 'evil', ...(body && { body }) })
      const { request_id, instance, ...rest } = answer.body
      assert.equal(answer.status, 404)
      bodies.add(JSON.stringify(rest))
    }
  }
  assert.equal(bodies.size, 1)
  assert.equal((await call('GET', at(id))).body['version'], 1)
  const list = await call('GET', '/api/v1/gadgets', { who: 'evil' })
  assert.deepEqual([list.body['items'], list.body['count']], [[], 0])
})

test('TN-31 TN-58 a conflict is 409, names the field and is per tenant', async () => {
  const body = draft()
  await call('POST', '/api/v1/gadgets', { body })
  const twice = await call('POST', '/api/v1/gadgets', { body })
  assert.deepEqual(
    [twice.status, twice.body['code'], twice.body.details?.[0]?.path],
    [409, 'entity.conflict', 'body/sku'],
  )
  assert.equal((await call('POST', '/api/v1/gadgets', { body, who: 'evil' })).status, 201)
})

test('If-Match: the current version goes on, any other is 412', async () => {
  const { id } = await create()
  const withTag = (method: string, tag: string) =>
    call(method, at(id), {
      headers: { 'if-match': tag },
      ...(method !== 'DELETE' && { body: { stock: 1 } }),
    })
  for (const tag of ['"7"', 'W/"1"', '""', '"99999999999"', '"4294967296"', '"7", "2"']) {
    for (const method of ['PATCH', 'DELETE']) {
      const answer = await withTag(method, tag)
      assert.deepEqual(
        [answer.status, answer.body['code']],
        [412, 'entity.stale'],
        `${method} ${tag}`,
      )
    }
  }
  assert.equal((await withTag('PATCH', '"1"')).headers.get('etag'), '"2"')
  assert.equal((await withTag('PATCH', '*')).status, 200)
  assert.equal((await withTag('DELETE', '"3"')).status, 204)
  assert.equal((await call('GET', at(id))).status, 404)
})

test('of two writers with the same ETag one wins', async () => {
  const { id } = await create()
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, stock) =>
      call('PATCH', at(id), { body: { stock }, headers: { 'if-match': '"1"' } }),
    ),
  )
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(7).fill(412)])
})

test('delete is 204 without a body and leaves its audit row', async () => {
  const { id } = await create()
  const gone = await call('DELETE', at(id))
  assert.deepEqual([gone.status, gone.body], [204, {}])
  const { rows } = await database.database
    .forTenant(acme)
    .query('select action from plinth.audit_events where target_id = $1 order by id', [id])
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['gadget.create', 'gadget.delete'],
  )
})

test('D3 a list has its shape, its limits and its cursor', async () => {
  for (let n = 0; n < 3; n += 1) await create('evil')
  const first = await call('GET', '/api/v1/gadgets?limit=2&count=exact', { who: 'evil' })
  const { items, next_cursor, total, ...rest } = first.body
  assert.deepEqual(rest, { count: 2, limit: 2, offset: 0 })
  assert.ok(Number(total) >= 3 && Array.isArray(items) && typeof next_cursor === 'string')
  const second = await call('GET', `/api/v1/gadgets?cursor=${next_cursor}`, { who: 'evil' })
  assert.deepEqual(
    [second.body['limit'], second.body['total'], second.body['next_cursor']],
    [50, null, null],
  )
  assert.equal(second.body['count'], Number(total) - 2)
})

test('HI-15 HI-20 HI-23 hostile queries and ids never reach the database', async () => {
  const queries = [
    'limit=0',
    'limit=101',
    'limit=1e9',
    'limit=x',
    'limit=1&limit=2',
    'limit[a]=1',
    'offset=-1',
    'offset=10001',
    'count=all',
    'sort=x',
    'limit=1.5',
    'limit=',
  ]
  batches = []
  for (const query of queries) {
    assert.equal((await call('GET', `/api/v1/gadgets?${query}`)).status, 422, query)
  }
  const cursors = [
    'x',
    '%27%20or%201=1--',
    'a'.repeat(100),
    Buffer.from(`2026-01-01T00:00:00.000Z ${newId()} `).toString('base64url'),
  ]
  for (const cursor of cursors) {
    const answer = await call('GET', `/api/v1/gadgets?cursor=${cursor}`)
    assert.deepEqual([answer.status, answer.body['code']], [400, 'entity.cursor_invalid'])
  }
  const id = newId()
  for (const text of [
    '1',
    'x',
    id.toUpperCase(),
    `{${id}}`,
    id.replaceAll('-', ''),
    `${id}%00`,
    "'--",
    `urn:uuid:${id}`,
  ]) {
    assert.equal((await call('GET', at(encodeURI(text)))).status, 422, text)
  }
  assert.deepEqual(batches, [])
})

test('each operation asks for its own permission', async () => {
  const { id } = await create()
  const answers = [
    await call('GET', at(id), { who: 'reader' }),
    await call('GET', '/api/v1/gadgets', { who: 'reader' }),
    await call('POST', '/api/v1/gadgets', { who: 'reader', body: draft() }),
    await call('PATCH', at(id), { who: 'reader', body: {} }),
    await call('PUT', at(id), { who: 'reader', body: draft() }),
    await call('DELETE', at(id), { who: 'reader' }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 403, 403, 403, 403],
  )
})

test('crud() serves what it is told, and refuses what nobody could create', () => {
  const routes = crud(gadget, {
    delete: false,
    update: false,
    bulk: false,
    create: { access: gadget.can.update },
    path: '/things',
  })
  assert.deepEqual(
    routes.map(({ method, url, config }) => [method, url, config?.access]),
    [
      ['GET', '/things', gadget.can.read],
      ['GET', '/things/:id', gadget.can.read],
      ['POST', '/things', gadget.can.update],
    ],
  )
  const stuck = entity('box', { key: z.string() }, { hidden: ['key'], plural: 'boxes' })
  assert.throws(() => crud(stuck), /a request may not set "key" and it has no default/)
  assert.equal(crud(stuck, { create: false })[0]?.url, '/api/v1/boxes')
})
