import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { entity, migrationForAll } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const SECRET = 770_077
const fields = { kind: z.enum(['a', 'b']), code: z.string(), cost: z.int32().default(SECRET) }

/** One index of it can be walked without the hidden field, and its unique key cannot. */
const crate = entity('crate', fields, {
  hidden: ['cost'],
  index: [
    ['kind', 'cost', 'created_at'],
    ['kind', 'created_at'],
  ],
  unique: [['code', 'cost']],
})

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([crate]).up,
    features: [feature('crates', { entities: [crate], routes: [crud(crate)] })],
    who: { ana: { permissions: ['crate:*'] } },
  })
  const items = ['x', 'y', 'z'].map((code) => ({ kind: 'a', code }))
  const made = await world.call('POST', '/api/v1/crates/bulk', { body: { items } })
  assert.equal(made.status, 201, JSON.stringify(made.body))
})
after(() => world[Symbol.asyncDispose]())

test('v5.0.0-V8.2.3 TN-52 a cursor names no hidden field, whatever index the list walks', async () => {
  for (const query of ['', 'sort=kind', 'sort=-kind', 'kind=a&sort=kind']) {
    const { status, body } = await world.call('GET', `/api/v1/crates?limit=2&${query}`)
    assert.equal(status, 200, JSON.stringify(body))
    const cursor = String(body['next_cursor'])
    const position = Buffer.from(cursor.split('.')[0] ?? '', 'base64url').toString()
    assert.match(position, /^\[".+"\]$/, 'the position of a cursor can be read')
    assert.doesNotMatch(position, new RegExp(String(SECRET)), query)
    const rest = await world.call('GET', `/api/v1/crates?limit=2&${query}&cursor=${cursor}`)
    const codes = [...body.items, ...rest.body.items].map(({ code }) => code)
    assert.deepEqual(codes.toSorted(), ['x', 'y', 'z'], query)
  }
})

test('v5.0.0-V8.2.3 a list is not sorted by an index that goes on with a hidden field', async () => {
  const { status, body } = await world.call('GET', '/api/v1/crates?sort=code')
  assert.deepEqual([status, body.details[0]?.path], [422, 'query/sort'])
  assert.match(body.details[0]?.message ?? '', /code: .*many rows may share/)
})
