import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { migrationForAll } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'
import { crate, lamp, note, shelf } from './lists.fixture.ts'

// Tenants are kept apart twice. Here the database does not: what an operation sends must do it alone.

const TABLES = [
  'app.shelves',
  'app.lamps',
  'app.crates',
  'app.notes',
  'plinth.idempotency_keys',
  'plinth.audit_events',
  'plinth.memberships',
]

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([shelf, lamp, crate, note]).up,
    features: [
      feature('rows', {
        routes: [
          crud(shelf),
          crud(lamp, { expand: [shelf] }),
          crud(crate, { expand: [shelf] }),
          crud(note),
        ],
      }),
    ],
    who: { ana: { permissions: ['*'] }, evil: { permissions: ['*'], tenant: 1 } },
  })
  for (const table of TABLES)
    await world.admin.query(`alter table ${table} disable row level security`)
})
after(() => world[Symbol.asyncDispose]())

const made = async (path: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await world.call('POST', `/api/v1/${path}`, { body, headers })
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return String(answer.body['id'])
}
const lampOf = (sku: string, more: object = {}) => ({
  sku,
  name: 'Lamp of Ana',
  price: 5,
  rating: 1,
  status: 'live',
  ...more,
})
const evil = (method: string, path: string, body?: object) =>
  world.call(method, `/api/v1/${path}`, { who: 'evil', ...(body && { body }) })
const kept = async () => {
  const texts: string[] = []
  for (const table of ['shelves', 'lamps', 'crates', 'notes']) {
    const { rows } = await world.admin.query(
      `select coalesce(string_agg(t::text, '|' order by t::text), '') as rows from app.${table} t
        where tenant_id = $1`,
      [world.callers['ana']?.tenant],
    )
    texts.push(rows[0].rows)
  }
  return texts
}

test('the second wall is off: a statement that names no tenant sees every one', async () => {
  await made('shelves', { name: 'Seen' })
  const { evil: other } = world.callers
  assert.ok(other)
  const door = world.database.database.forTenant(other.tenant)
  assert.ok((await door.query('select from app.shelves')).rowCount > 0)
})

test('TN-40 TN-61 the second wall off: by id no operation reaches a row of another tenant', async () => {
  const ids = {
    shelves: await made('shelves', { name: 'S' }),
    lamps: await made('lamps', lampOf('A-1')),
    crates: await made('crates', { code: 'A-1' }),
    notes: await made('notes', { text: 'of Ana' }),
  }
  const gone = await made('crates', { code: 'A-2' })
  await world.call('DELETE', `/api/v1/crates/${gone}`)
  const bodies = {
    shelves: { name: 'x' },
    lamps: lampOf('X-1'),
    crates: { code: 'X-1' },
    notes: { text: 'x' },
  }
  const before = await kept()
  for (const plural of ['shelves', 'lamps', 'crates', 'notes'] as const) {
    const at = `${plural}/${ids[plural]}`
    const answers = [
      await evil('GET', at),
      await evil('PATCH', at, bodies[plural]),
      await evil('PUT', at, bodies[plural]),
      await evil('DELETE', at),
    ]
    assert.deepEqual(
      answers.map(({ status }) => status),
      [404, 404, 404, 404],
      plural,
    )
    assert.doesNotMatch(JSON.stringify(answers.map(({ body }) => body)), /of Ana/)
  }
  for (const id of [gone, ids.crates])
    assert.equal((await evil('POST', `crates/${id}/restore`)).status, 404)
  assert.deepEqual(await kept(), before)
})

test('TN-41 TN-52 the second wall off: lists, filters, searches, counts and expanded rows hold none of another tenant', async () => {
  const shelf = await made('shelves', { name: 'Shelf of Ana' })
  await made('lamps', lampOf('B-1', { shelf_id: shelf }))
  const crate = await made('crates', { code: 'B-1', shelf_id: shelf })
  await world.call('DELETE', `/api/v1/crates/${crate}`)
  await made('notes', { text: 'of Ana' })
  const queries = [
    'lamps?count=exact&expand=shelf',
    'lamps?count=exact&search=lamp',
    'lamps?count=exact&price[gte]=0&sort=price',
    `lamps?count=exact&shelf_id=${shelf}`,
    'crates?count=exact&deleted=with&expand=shelf',
    'crates?count=exact&deleted=only',
    'shelves?count=exact',
    'notes?count=exact',
  ]
  for (const query of queries) {
    const own = await world.call('GET', `/api/v1/${query}`)
    assert.ok(own.body.items.length > 0, query)
    const { status, body } = await evil('GET', query)
    assert.deepEqual([status, body.items, body['total']], [200, [], 0], query)
  }
})

test('TN-31 TN-33 TN-58 the second wall off: what is taken, or referred to, elsewhere is free here, and out of reach', async () => {
  const foreign = await made('shelves', { name: 'Elsewhere' })
  await made('lamps', lampOf('C-1'))
  const own = await evil('POST', 'lamps', lampOf('C-1'))
  assert.equal(own.status, 201)
  const at = `lamps/${own.body['id']}`
  const answers = [
    await evil('POST', 'lamps', lampOf('C-2', { shelf_id: foreign })),
    await evil('POST', 'lamps/bulk', { items: [lampOf('C-3', { shelf_id: foreign })] }),
    await evil('PATCH', at, { shelf_id: foreign }),
    await evil('PUT', at, lampOf('C-1', { shelf_id: foreign })),
    await evil('POST', 'crates', { code: 'C-1', shelf_id: foreign }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    answers.map(() => 422),
  )
  const { rows } = await world.admin.query(
    'select distinct tenant_id from app.lamps where id = $1',
    [own.body['id']],
  )
  assert.deepEqual(rows, [{ tenant_id: world.callers['evil']?.tenant }])
})

test('TN-52 the second wall off: a key of another tenant is another key', async () => {
  const key = { 'idempotency-key': 'the-same' }
  const first = await made('shelves', { name: 'Kept' }, key)
  const other = await world.call('POST', '/api/v1/shelves', {
    who: 'evil',
    body: { name: 'Kept' },
    headers: key,
  })
  assert.equal(other.status, 201)
  assert.notEqual(other.body['id'], first)
})
