import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import type { Db } from '../data/index.ts'
import { entity, migrationForAll, ref } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import type { Id } from '../kernel/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'
import { crate, shelf } from './lists.fixture.ts'

const label = entity('label', {
  text: z.string().max(20),
  crate_id: ref('crate').nullish(),
  shelf_id: ref('shelf').nullish(),
})

let world: CrudWorld
let db: Db
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([shelf, crate, label]).up,
    features: [feature('rows', { routes: [crud(shelf), crud(crate), crud(label)] })],
    who: { ana: { permissions: ['*'] }, evil: { permissions: ['*'], tenant: 1 } },
  })
  const { ana } = world.callers
  assert.ok(ana)
  db = world.database.database.forTenant(ana.tenant)
})
after(() => world[Symbol.asyncDispose]())

let numbers = 0
async function newCrate(): Promise<Id<'crate'>> {
  numbers += 1
  return (await crate.insert(db, { code: `L-${numbers}` })).id
}

const UNKNOWN = [422, 'There is no such crate']

async function told(method: string, path: string, body: object) {
  const answer = await world.call(method, path, { body })
  const [detail] = answer.body.details ?? []
  return { said: [answer.status, detail?.message], path: detail?.path, body: answer.body }
}

test('a new reference to a deleted row that is kept is refused like one to no row, however it is made', async () => {
  const [gone, there] = [await newCrate(), await newCrate()]
  await crate.remove(db, gone)
  const made = await told('POST', '/api/v1/labels', { text: 'a', crate_id: there })
  assert.equal(made.said[0], 201)
  const at = `/api/v1/labels/${made.body['id']}`
  const wrong = { text: 'b', crate_id: gone }
  assert.deepEqual((await told('POST', '/api/v1/labels', wrong)).said, UNKNOWN)
  assert.deepEqual((await told('PUT', at, wrong)).said, UNKNOWN)
  assert.deepEqual((await told('PATCH', at, { crate_id: gone })).said, UNKNOWN)
  const bulk = await told('POST', '/api/v1/labels/bulk', {
    items: [{ text: 'x', crate_id: there }, wrong],
  })
  assert.deepEqual([bulk.said, bulk.path], [UNKNOWN, 'body/items/1/crate_id'])
  const { body } = await world.call('GET', '/api/v1/labels?count=exact')
  assert.deepEqual([body['total'], body.items[0]?.['crate_id']], [1, there])
})

test('what refers to a row goes on when that is deleted, and may be sent back as it is', async () => {
  const parent = await newCrate()
  const { id } = await label.insert(db, { text: 'a', crate_id: parent })
  await crate.remove(db, parent)
  const at = `/api/v1/labels/${id}`
  const same = await told('PUT', at, { text: 'b', crate_id: parent })
  assert.deepEqual([same.said[0], same.body['crate_id']], [200, parent])
  assert.equal((await told('PATCH', at, { crate_id: null })).said[0], 200)
  assert.deepEqual((await told('PATCH', at, { crate_id: parent })).said, UNKNOWN)
  await crate.restore(db, parent)
  assert.equal((await told('PATCH', at, { crate_id: parent })).said[0], 200)
})

test('TN-10 a row of another tenant stays as unknown, and so does a row that never was', async () => {
  const { evil } = world.callers
  assert.ok(evil)
  const foreign = await crate.insert(world.database.database.forTenant(evil.tenant), { code: 'F' })
  for (const crate_id of [foreign.id, '00000000-0000-0000-0000-000000000000']) {
    assert.deepEqual((await told('POST', '/api/v1/labels', { text: 'a', crate_id })).said, UNKNOWN)
  }
})

test('of a deletion and a reference at the same moment the second one sees the first', {
  timeout: 60_000,
}, async () => {
  const [first, second] = [await newCrate(), await newCrate()]
  let late: Promise<unknown> | undefined
  await db.transaction(async (tx) => {
    await crate.remove(tx, first)
    late = told('POST', '/api/v1/labels', { text: 'late', crate_id: first })
    await somebodyWaits()
  })
  assert.deepEqual(Object(await late).said, UNKNOWN)
  let removal: Promise<void> | undefined
  const { id } = await db.transaction(async (tx) => {
    const made = await label.insert(tx, { text: 'early', crate_id: second })
    removal = crate.remove(db, second)
    await somebodyWaits()
    return made
  })
  await removal
  assert.equal((await label.get(db, id)).crate_id, second)
  assert.equal(await crate.find(db, second), undefined)
})

async function somebodyWaits(): Promise<void> {
  const waiting =
    "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
  for (let found = 0; found === 0; ) found = (await world.admin.query(waiting)).rowCount ?? 0
}
