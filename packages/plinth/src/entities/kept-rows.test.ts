import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { open } from '../access/index.ts'
import { migrationForAll } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import { newId } from '../kernel/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'
import { colour, crate, lamp, note, shelf } from './lists.fixture.ts'

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([shelf, lamp, crate, note, colour]).up,
    features: [
      feature('rows', {
        routes: [
          crud(shelf),
          crud(lamp),
          crud(crate),
          crud(note),
          crud(colour, { create: { access: colour.can.create } }),
        ],
      }),
    ],
    who: {
      ana: { permissions: ['*'] },
      clerk: { permissions: ['crate:read', 'crate:create', 'crate:update'] },
      ben: { permissions: ['note:read', 'note:create', 'note:update', 'note:delete'] },
      cleo: { permissions: ['note:read', 'note:create', 'note:update', 'note:delete'] },
      evil: { permissions: ['*'], tenant: 1 },
    },
  })
})
after(() => world[Symbol.asyncDispose]())

let numbers = 0
const crateOf = () => {
  numbers += 1
  return { code: `C-${numbers}` }
}
const lampOf = (sku: string) => ({ sku, name: 'Lamp', price: 1, rating: 1, status: 'live' })
const ids = async (query: string, who = 'ana') =>
  (await world.call('GET', `/api/v1/crates?${query}`, { who })).body.items.map(({ id }) => id)

test('bulk: all or none in one round trip, each row with its audit row', async () => {
  world.batches.length = 0
  const items = [lampOf('B-1'), { ...lampOf('B-2'), stock: 4 }]
  const made = await world.call('POST', '/api/v1/lamps/bulk', { body: { items } })
  assert.deepEqual([made.status, made.body['count'], made.body.items[1]?.['stock']], [201, 2, 4])
  assert.deepEqual(world.batches, [4])
  const { rows } = await world.admin.query(
    "select data from plinth.audit_events where action = 'lamp.create' order by id",
  )
  assert.equal(rows.length, 2)
  assert.ok(rows[1].data.fields.includes('stock') && !('cost' in (made.body.items[0] ?? {})))
})

const faults: readonly (readonly [string, unknown, number, string])[] = [
  [
    'a field at fault',
    [lampOf('F-1'), { ...lampOf('F-2'), price: 'x' }],
    422,
    'body/items/1/price',
  ],
  ['a hidden field', [lampOf('F-1'), { ...lampOf('F-2'), cost: 1 }], 422, 'body/items/1/cost'],
  ['a value that is taken', [lampOf('F-1'), lampOf('B-1')], 409, 'body/items/1/sku'],
  ['a value twice', [lampOf('F-1'), lampOf('F-2'), lampOf('F-2')], 409, 'body/items/2/sku'],
  [
    'a reference to nothing',
    [{ ...lampOf('F-1'), shelf_id: newId() }],
    422,
    'body/items/0/shelf_id',
  ],
  ['nothing', [], 422, 'body/items'],
  ['too many', Array(101).fill(lampOf('F-1')), 422, 'body/items'],
  ['no list', 'x', 422, 'body/items'],
]

for (const [what, items, status, path] of faults) {
  test(`bulk refuses ${what} with its place, and writes nothing`, async () => {
    const refused = await world.call('POST', '/api/v1/lamps/bulk', { body: { items } })
    assert.deepEqual([refused.status, refused.body.details[0]?.path], [status, path])
    const left = await world.call('GET', '/api/v1/lamps?sku[gte]=F&sku[lt]=G')
    assert.deepEqual(left.body.items, [])
  })
}

test('soft delete: gone for everyone, shown to who may delete, and taken back', async () => {
  const created = await world.call('POST', '/api/v1/crates', { body: crateOf() })
  const id = String(created.body['id'])
  const at = `/api/v1/crates/${id}`
  assert.equal(created.body['deleted_at'], null)
  assert.equal((await world.call('DELETE', at)).status, 204)
  for (const [method, body] of [['GET'], ['PATCH', { code: 'x' }], ['DELETE']] as const) {
    const gone = await world.call(method, at, body && { body })
    assert.deepEqual([gone.status, gone.body['code']], [404, 'entity.not_found'])
  }
  assert.ok(!(await ids('')).includes(id))
  assert.ok((await ids('deleted=only')).includes(id) && (await ids('deleted=with')).includes(id))
  const clerk = await world.call('GET', '/api/v1/crates?deleted=with', { who: 'clerk' })
  assert.deepEqual([clerk.status, clerk.body['code']], [403, 'access.not_permitted'])
  assert.equal((await world.call('POST', `${at}/restore`, { who: 'clerk' })).status, 403)
  assert.equal((await world.call('POST', `${at}/restore`, { who: 'evil' })).status, 404)
  const stale = await world.call('POST', `${at}/restore`, { headers: { 'if-match': '"1"' } })
  assert.equal(stale.status, 412)
  const back = await world.call('POST', `${at}/restore`)
  assert.deepEqual([back.status, back.body['deleted_at'], back.body['version']], [200, null, 3])
  assert.equal(back.headers.get('etag'), '"3"')
  assert.equal((await world.call('GET', at)).status, 200)
  assert.equal((await world.call('POST', `${at}/restore`)).status, 404)
  const { rows } = await world.admin.query(
    'select action from plinth.audit_events where target_id = $1 order by id',
    [id],
  )
  assert.deepEqual(
    rows.map(({ action }) => action),
    ['crate.create', 'crate.delete', 'crate.restore'],
  )
})

test('soft delete: a unique value is free again, and taking the old row back is then 409', async () => {
  const body = crateOf()
  const first = await world.call('POST', '/api/v1/crates', { body })
  await world.call('DELETE', `/api/v1/crates/${first.body['id']}`)
  assert.equal((await world.call('POST', '/api/v1/crates', { body })).status, 201)
  const clash = await world.call('POST', `/api/v1/crates/${first.body['id']}/restore`)
  assert.deepEqual([clash.status, clash.body.details[0]?.path], [409, 'body/code'])
})

test('soft delete: a unique index holds no deleted rows, so it answers for none', async () => {
  assert.equal((await world.call('GET', '/api/v1/crates?code=C-1&sort=code')).status, 200)
  for (const query of ['code=C-1', 'sort=code']) {
    const refused = await world.call('GET', `/api/v1/crates?deleted=with&${query}`)
    assert.equal(refused.status, 422, query)
    assert.match(refused.body.details[0]?.path ?? '', /query\/(sort\/)?code/)
  }
})

test('deleted_at and owner_id are set by code only', async () => {
  const crated = await world.call('POST', '/api/v1/crates', {
    body: { ...crateOf(), deleted_at: '2026-01-01T00:00:00.000Z' },
  })
  assert.deepEqual([crated.status, crated.body.details[0]?.path], [422, 'body/deleted_at'])
  const noted = await world.call('POST', '/api/v1/notes', {
    body: { text: 'x', owner_id: world.callers['cleo']?.person },
    who: 'ben',
  })
  assert.deepEqual([noted.status, noted.body.details[0]?.path], [422, 'body/owner_id'])
})

test('TN-61 rows of people: each sees and changes their own; others’ are as unknown as none', async () => {
  const made = await world.call('POST', '/api/v1/notes', { body: { text: 'mine' }, who: 'ben' })
  assert.deepEqual([made.status, made.body['owner_id']], [201, world.callers['ben']?.person])
  const several = await world.call('POST', '/api/v1/notes/bulk', {
    body: { items: [{ text: 'a' }, { text: 'b' }] },
    who: 'cleo',
  })
  assert.deepEqual(
    several.body.items.map(({ owner_id }) => owner_id),
    Array(2).fill(world.callers['cleo']?.person),
  )
  const at = `/api/v1/notes/${made.body['id']}`
  for (const [method, body] of [
    ['GET'],
    ['PATCH', { text: 'x' }],
    ['PUT', { text: 'x' }],
    ['DELETE'],
  ] as const) {
    for (const who of ['cleo', 'evil']) {
      assert.equal((await world.call(method, at, { who, ...(body && { body }) })).status, 404)
    }
  }
  const seen = async (who: string, query = '') =>
    (await world.call('GET', `/api/v1/notes?count=exact&${query}`, { who })).body
  assert.deepEqual(
    (await seen('ben')).items.map(({ text }) => text),
    ['mine'],
  )
  assert.deepEqual([(await seen('ben'))['total'], (await seen('cleo'))['total']], [1, 2])
  const others = `owner_id=${world.callers['cleo']?.person}`
  assert.deepEqual((await seen('ben', others)).items, [])
  assert.equal((await world.call('GET', at, { who: 'ben' })).status, 200)
  assert.deepEqual([(await seen('ana'))['total'], (await seen('ana', others))['total']], [3, 2])
  const changed = await world.call('PATCH', at, { body: { text: 'seen' } })
  assert.deepEqual([changed.status, changed.body['owner_id']], [200, world.callers['ben']?.person])
  assert.equal((await world.call('DELETE', at, { who: 'ben' })).status, 204)
})

test('TN-52 a cursor over one person’s rows opens no other person’s list', async () => {
  await world.call('POST', '/api/v1/notes', { body: { text: 'c' }, who: 'cleo' })
  const { body } = await world.call('GET', '/api/v1/notes?limit=1', { who: 'cleo' })
  const path = `/api/v1/notes?cursor=${body['next_cursor']}`
  assert.equal((await world.call('GET', path, { who: 'cleo' })).status, 200)
  assert.equal((await world.call('GET', path, { who: 'ben' })).status, 400)
})

test('rows of nobody are read by every tenant, and written only where an operation says so', async () => {
  assert.deepEqual(
    crud(colour).map(({ method }) => method),
    ['GET', 'GET'],
  )
  const made = await world.call('POST', '/api/v1/colours', { body: { name: 'red' } })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { body } = await world.call('GET', '/api/v1/colours', { who: 'evil' })
  assert.deepEqual(
    body.items.map(({ name }) => name),
    ['red'],
  )
})

test('people’s rows are never served to nobody in particular', () => {
  assert.throws(() => crud(note, { list: { access: open('x') } }), /its rows belong to people/)
  assert.throws(() => crud(lamp, { expand: [note] }), /which no field refers to/)
})
