import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import type { Db } from '../data/index.ts'
import { entity, migrationForAll } from '../data/index.ts'
import { feature } from '../feature/index.ts'
import { newId } from '../kernel/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'

const card = entity(
  'card',
  { rank: z.int32().nullish(), suit: z.int32().nullish(), title: z.string().default('') },
  {
    index: [
      ['rank', 'suit', 'id'],
      ['suit', 'created_at'],
      ['title', 'id'],
    ],
  },
)
const SORTS = [
  'rank',
  '-rank',
  'rank,suit',
  '-rank,-suit',
  '-suit,-created_at',
  'suit,created_at,-rank',
  '-suit,-created_at,rank',
  'created_at,-rank,suit',
]
const SEED = 20_260_101

let world: CrudWorld
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([card]).up,
    features: [feature('cards', { entities: [card], routes: [crud(card)] })],
    who: { ana: { permissions: ['card:*'] } },
  })
})
after(() => world[Symbol.asyncDispose]())

type Card = Awaited<ReturnType<typeof card.get>>

const sortOf = (text: string) =>
  text.split(',').map((one) => ({ field: one.replace('-', ''), descending: one.startsWith('-') }))

/** All rows in order. */
const whole = async (db: Db, sort: string) =>
  (await card.list(db, { sort: sortOf(sort), limit: 100 })).items

/** Walks a list, and does something after each page. */
async function walk(
  db: Db,
  { sort, limit, offset = 0 }: { sort: string; limit: number; offset?: number },
  between: (page: readonly Card[]) => Promise<unknown> = async () => undefined,
): Promise<readonly Card['id'][]> {
  const seen: Card['id'][] = []
  let cursor: string | null | undefined
  do {
    const asked = { sort: sortOf(sort), limit, offset, ...(cursor && { cursor }) }
    const page = await card.list(db, asked)
    seen.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
    await between(page.items)
  } while (cursor !== null)
  return seen
}

const value = fc.option(fc.integer({ min: 0, max: 2 }))
const cards = fc.array(fc.record({ rank: value, suit: value }, { noNullPrototype: true }), {
  minLength: 1,
  maxLength: 9,
})

async function tenantWith(rows: readonly object[]): Promise<Db> {
  const db = world.database.database.forTenant(newId<'tenant'>())
  await card.insertMany(db, rows as never)
  return db
}

test('TN-52 pages of any rows, order, size and offset: each row behind the offset once, in order', async () => {
  const asked = fc.tuple(
    fc.constantFrom(...SORTS),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 0, max: 10 }),
  )
  const property = fc.asyncProperty(cards, asked, async (rows, [sort, limit, offset]) => {
    const db = await tenantWith(rows)
    const ids = (await whole(db, sort)).map(({ id }) => id)
    assert.equal(ids.length, rows.length)
    assert.deepEqual(await walk(db, { sort, limit, offset }), ids.slice(offset))
  })
  await fc.assert(property, { numRuns: 60, seed: SEED })
})

test('TN-52 rows that come and go while a list is walked: those that stay are each seen once', async () => {
  const asked = fc.tuple(fc.constantFrom(...SORTS), fc.integer({ min: 1, max: 3 }))
  const property = fc.asyncProperty(cards, cards, asked, async (rows, more, [sort, limit]) => {
    const db = await tenantWith(rows)
    const before = (await whole(db, sort)).map(({ id }) => id)
    const gone = new Set<string>()
    const coming = [...more]
    const seen = await walk(db, { sort, limit }, async (page) => {
      // The row at which the page ended, and where the next one begins, is gone.
      const last = page.at(-1)
      if (last !== undefined && gone.size < 3) {
        await card.remove(db, last.id)
        gone.add(last.id)
      }
      const next = coming.pop()
      if (next !== undefined) await card.insert(db, next)
    })
    assert.equal(new Set(seen).size, seen.length, 'no row twice')
    assert.deepEqual(
      before.filter((id) => !seen.includes(id)),
      [],
      'none of those that were there is missed',
    )
    const old = seen.filter((id) => before.includes(id))
    assert.deepEqual(old, before, 'in their order')
  })
  await fc.assert(property, { numRuns: 30, seed: SEED })
})

test('TN-52 GET /cards: with a cursor the offset of the first page is not skipped again', async () => {
  const items = [3, 1, 2, null, null, null].map((rank) => ({ rank }))
  assert.equal((await world.call('POST', '/api/v1/cards/bulk', { body: { items } })).status, 201)
  const ranks: unknown[] = []
  let cursor: unknown = ''
  do {
    const asked = `sort=rank&limit=2&offset=1${cursor && `&cursor=${cursor}`}`
    const { status, body } = await world.call('GET', `/api/v1/cards?${asked}`)
    assert.equal(status, 200, JSON.stringify(body))
    ranks.push(...body.items.map(({ rank }) => rank))
    cursor = body['next_cursor']
  } while (cursor !== null)
  assert.deepEqual(ranks, [2, 3, null, null, null])
})

test('TN-52 a page that ends at a very long text has a next page that an address has room for', async () => {
  const titles = ['a'.repeat(100_000), '"\\\n'.repeat(20_000), 'b', 'ü'.repeat(50_000)]
  const rows = titles.map((title) => ({ title, suit: 9 }))
  const db = world.database.database.forTenant(newId<'tenant'>())
  await card.insertMany(db, rows)
  const { nextCursor } = await card.list(db, { sort: sortOf('title'), limit: 1 })
  assert.ok((nextCursor ?? '').length < 6_000)
  assert.match(nextCursor ?? '', /^[\w~.-]+$/, 'it stands in an address as it is')
  assert.equal((await walk(db, { sort: 'title', limit: 1 })).length, 4)
})
