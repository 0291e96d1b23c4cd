import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { z } from 'zod'
import { migrationForAll } from '../data/index.ts'
import { factsOf, feature } from '../feature/index.ts'
import type { CrudWorld } from './crud.fixture.ts'
import { openCrudWorld } from './crud.fixture.ts'
import { crud } from './index.ts'
import { lamp, shelf } from './lists.fixture.ts'

let world: CrudWorld
const shelves: string[] = []
before(async () => {
  world = await openCrudWorld({
    sql: migrationForAll([shelf, lamp]).up,
    features: [
      feature('lamps', {
        entities: [lamp, shelf],
        routes: [crud(lamp, { expand: [shelf] }), crud(shelf)],
      }),
    ],
    who: {
      ana: { permissions: ['lamp:*', 'shelf:*'] },
      lampsOnly: { permissions: ['lamp:read'] },
      evil: { permissions: ['*'], tenant: 1 },
    },
  })
  for (const name of ['Low', 'High']) {
    shelves.push(
      String((await world.call('POST', '/api/v1/shelves', { body: { name } })).body['id']),
    )
  }
  const items = Array.from({ length: 12 }, (_, at) => lampOf(at))
  const made = await world.call('POST', '/api/v1/lamps/bulk', { body: { items } })
  assert.equal(made.status, 201, JSON.stringify(made.body))
})
after(() => world[Symbol.asyncDispose]())

/** Twelve lamps; every third value is missing, and values repeat, so that ties are walked too. */
function lampOf(at: number) {
  const gone = at % 3 === 0
  return {
    sku: `L-${String(at).padStart(2, '0')}`,
    name: at === 3 ? "Bobby'; drop table lamps --" : `Lamp ${at % 4}`,
    price: at * 500,
    stock: at,
    rating: gone ? null : (at % 4) / 2,
    status: ['draft', 'live', 'retired'][at % 3],
    lit: at % 2 === 0,
    sold_on: gone ? null : `2026-01-0${1 + (at % 4)}`,
    seen_at: gone ? null : `2026-01-01T00:00:0${at % 5}.000Z`,
    shelf_id: at % 4 === 0 ? null : shelves[at % 2],
  }
}

const list = (query: string, who = 'ana') => world.call('GET', `/api/v1/lamps?${query}`, { who })
async function skus(query: string): Promise<string[]> {
  const { status, body } = await list(query)
  assert.equal(status, 200, `${query}: ${JSON.stringify(body)}`)
  return body.items.map(({ sku }) => String(sku).slice(2))
}

const filters: readonly (readonly [query: string, skus: string])[] = [
  ['price=1500', '03'],
  ['price[gte]=4500&price[lt]=5500', '10 09'],
  ['price[gt]=4500', '11 10'],
  ['price[lte]=500', '01 00'],
  ['price=in:0,5500,77', '11 00'],
  ['price[ne]=0&price[lt]=1000', '01'],
  ['status=retired', '11 08 05 02'],
  ['status=in:live,retired&price[gte]=4000', '11 10 08'],
  ['status[ne]=retired&price[gte]=4000', '10 09'],
  ['sku=L-04', '04'],
  ['sku[eq]=in:x', ''],
  ['rating[null]=true', '09 06 03 00'],
  ['rating[null]=false&price[gt]=4500', '11 10'],
  ['rating[gte]=1.5', '11 07'],
  ['lit=true&price[gte]=4000', '10 08'],
  ['lit[ne]=true&price[gte]=4000', '11 09'],
  ['sold_on[gte]=2026-01-04', '11 07'],
  ['seen_at=2026-01-01T01:00:04%2B01:00', '04'],
  ["name=Bobby'; drop table lamps --", '03'],
  ['search=bobby', '03'],
  ['search=lamp&price[gte]=5000', '11 10'],
  ['created_at[lt]=2001-01-01T00:00:00Z', ''],
]

for (const [query, expected] of filters) {
  test(`D3 GET /lamps?${query} → ${expected || 'nothing'}`, async () => {
    const found = await skus(query)
    // Rows of one statement batch share their moment, so the order among them is by id.
    assert.deepEqual(found.toSorted(), expected.split(' ').filter(Boolean).toSorted())
  })
}

const sorts = [
  'price',
  '-price',
  'rating',
  '-rating',
  'sold_on',
  '-sold_on',
  '-seen_at,-id',
  'rating,id',
  '-created_at,name',
  'status',
  '-status,-created_at',
  'name',
  'sold_on,created_at,-price,rating',
  '-sku',
  '-id',
]

for (const sort of sorts) {
  test(`TN-52 ?sort=${sort}: the pages of every size are the whole list, once`, async () => {
    const whole = await skus(`sort=${sort}&limit=100`)
    assert.equal(new Set(whole).size, 12)
    const fields = sort.split(',')
    const rows = (await list(`sort=${sort}`)).body.items
    assert.deepEqual(rows, rows.toSorted(comparing(fields)), 'PostgreSQL and we sort alike')
    for (const limit of [1, 5]) {
      const seen: string[] = []
      let cursor: unknown = ''
      do {
        const page = await list(`sort=${sort}&limit=${limit}${cursor && `&cursor=${cursor}`}`)
        assert.equal(page.status, 200, JSON.stringify(page.body))
        seen.push(...page.body.items.map(({ sku }) => String(sku).slice(2)))
        cursor = page.body['next_cursor']
      } while (cursor !== null)
      assert.deepEqual(seen, whole, `pages of ${limit}`)
    }
  })
}

type Item = Readonly<Record<string, unknown>>

/** Missing values come after all others, before them when descending; ties stay as they are. */
function comparing(fields: readonly string[]) {
  return (a: Item, b: Item): number => {
    for (const field of fields) {
      const name = field.replace('-', '')
      const [left, right] = [a[name], b[name]]
      if (left === right) continue
      const after = right === null ? false : left === null || String(left) > String(right)
      const numbers = typeof left === 'number' && typeof right === 'number'
      const sign = (numbers ? left > right : after) ? 1 : -1
      return field.startsWith('-') ? -sign : sign
    }
    return 0
  }
}

test('TN-52 a cursor opens the list it came from: no other tenant’s, order, filter, or forged one', async () => {
  const { body } = await list('sort=price&limit=2&status=in:draft,live')
  const cursor = String(body['next_cursor'])
  const [payload = '', seal = ''] = cursor.split('.')
  const same = 'sort=price&status=in:draft,live'
  assert.equal((await list(`${same}&cursor=${cursor}`)).status, 200)
  const other = Buffer.from('[0,"x"]').toString('base64url')
  const wrong = [
    `${same}&cursor=${other}.${seal}`,
    `${same}&cursor=${payload}.${seal.slice(0, -1)}`,
    `${same}&cursor=${payload}.`,
    `${same}&cursor=.${seal}`,
    `${same}&cursor=${cursor}.x`,
    `${same}&cursor=`,
    `sort=-price&status=in:draft,live&cursor=${cursor}`,
    `status=in:draft,live&cursor=${cursor}`,
    `sort=price&cursor=${cursor}`,
    `sort=price&status=draft&cursor=${cursor}`,
  ]
  for (const query of wrong) {
    const refused = await list(query)
    assert.deepEqual([refused.status, refused.body['code']], [400, 'entity.cursor_invalid'], query)
  }
  const foreign = await list(`${same}&cursor=${cursor}`, 'evil')
  assert.deepEqual([foreign.status, foreign.body['code']], [400, 'entity.cursor_invalid'])
})

test('D3 count=exact counts what the filter leaves; offset skips', async () => {
  const { body } = await list('status=live&count=exact&limit=1&offset=3')
  assert.deepEqual(
    [body['total'], body['count'], body['offset'], body['next_cursor']],
    [4, 1, 3, null],
  )
})

test('v5.0.0-V8.2.3 fields and expand: only what was asked for, in one round trip, hidden fields never', async () => {
  world.batches.length = 0
  const { status, body } = await list('fields=id,sku&expand=shelf&sort=price&limit=3')
  assert.equal(status, 200, JSON.stringify(body))
  assert.deepEqual(world.batches, [2])
  const [none, high] = body.items
  assert.deepEqual([Object.keys(none ?? {}), none?.['shelf']], [['id', 'sku', 'shelf'], null])
  const { name, id, ...rest } = Object(high?.['shelf'])
  assert.deepEqual([id, name], [shelves[1], 'High'])
  assert.deepEqual(Object.keys(rest), ['version', 'created_at', 'updated_at'])
  world.batches.length = 0
  const one = await world.call('GET', `/api/v1/lamps/${high?.['id']}?expand=shelf`)
  assert.deepEqual(world.batches, [2])
  assert.deepEqual(
    [one.body['sku'], Object(one.body['shelf']).name, one.body['cheap'], 'cost' in one.body],
    ['L-01', 'High', true, false],
  )
  const sparse = await world.call('GET', `/api/v1/lamps/${high?.['id']}?fields=sku`)
  assert.deepEqual(sparse.body, { sku: 'L-01' })
  assert.equal((await list('expand=shelf', 'lampsOnly')).status, 403)
})

const refused: readonly (readonly [query: string, path: string, sentence: RegExp])[] = [
  ['stock=1', 'query/stock', /no index begins with it/],
  ['stock[gte]=1', 'query/stock[gte]', /no index begins with it/],
  ['labels=a', 'query/labels', /field of kind list/],
  ['cost=1', 'query/cost', /no such field/],
  ['cheap=true', 'query/cheap', /computed and not stored/],
  ['tenant_id=1', 'query/tenant_id', /no such field/],
  ['constructor[eq]=1', 'query/constructor[eq]', /no such field/],
  ['price[like]=1', 'query/price[like]', /no such filter/],
  // Each form that the sentence names is one that is taken.
  ['price[eq]=1', 'query/price[eq]', / price=…, price=in:…,…, price\[ne\]=…, price\[gt\]/],
  ['rating[in]=1', 'query/rating[in]', /, rating\[null\]=…\.$/],
  ['price=', 'query/price', /number/],
  ['price=1 or 1=1', 'query/price', /number/],
  ['price=0x10', 'query/price', /number/],
  ['price=99999999999999999999', 'query/price', /^Too big/],
  ['price=05', 'query/price', /plain digits/],
  ['price=1e1', 'query/price', /plain digits/],
  ['limit=%2B5', 'query/limit', /plain digits/],
  ['offset=', 'query/offset', /plain digits/],
  ['price=1&price=2', 'query/price', /expected string/],
  ['price=in:', 'query/price', /number/],
  [`price=in:${Array(101).fill(1).join(',')}`, 'query/price', /at most 100/],
  ['status=gone', 'query/status', /one of/],
  ['lit=yes', 'query/lit', /true or false/],
  ['rating[null]=', 'query/rating[null]', /true or false/],
  ['rating=NaN', 'query/rating', /number/],
  ['rating=1e999', 'query/rating', /number/i],
  ['sold_on=2026-02-30', 'query/sold_on', /date/],
  ["seen_at=2026-01-01'--", 'query/seen_at', /moment/],
  ["shelf_id=' or 1=1 --", 'query/shelf_id', /UUID/],
  ['id=in:x', 'query/id', /UUID/],
  ['sort=stock', 'query/sort', /stock: .*no index begins/],
  ['sort=lit', 'query/sort', /lit: .*many rows may share/],
  ['sort=status,-price', 'query/sort', /status: .*many rows may share/],
  ['sort=sold_on,price', 'query/sort', /sold_on: .*many rows may share/],
  ['sort=price,name', 'query/sort', /price: .*many rows may share/],
  ['sort=cost', 'query/sort', /cost: There is no such field/],
  ['sort=cheap', 'query/sort', /computed/],
  ['sort=labels', 'query/sort', /kind list/],
  ['sort=', 'query/sort', /^A name is missing/],
  ['sort=price,', 'query/sort', /^A name is missing/],
  ['sort=version', 'query/sort', /version: .*no index begins with it/],
  ['sort=price,price', 'query/sort', /once/],
  ['sort=price;drop table app.lamps', 'query/sort', /no such field/],
  ['sort=price desc', 'query/sort', /no such field/],
  ['sort=id,price,name,sku,rating', 'query/sort', /at most 4/],
  ['fields=cost', 'query/fields', /cost: There is no such field/],
  ['fields=id,*', 'query/fields', /\*: /],
  ['fields=', 'query/fields', /^A name is missing/],
  ['expand=', 'query/expand', /^A name is missing/],
  ['expand=shelf.room', 'query/expand', /one level deep/],
  ['expand=owner', 'query/expand', /no such reference/],
  ['deleted=with', 'query/deleted', /no such field/],
  ['search=', 'query/search', />=1 characters/],
  [`search=${'a'.repeat(201)}`, 'query/search', /<=200 characters/],
]

test('HI-23 HI-31 what no index answers, and every probe, is 422 with the field, and reaches no database', async () => {
  world.batches.length = 0
  for (const [query, path, sentence] of refused) {
    const { status, body } = await list(query)
    assert.deepEqual([status, body.details?.[0]?.path], [422, path], query)
    assert.match(body.details[0]?.message ?? '', sentence, query)
    assert.doesNotMatch(JSON.stringify(body), /syntax|relation|column "|operator/i)
  }
  assert.deepEqual(world.batches, [])
})

test('HI-23 SQL and search syntax as words find nothing and break nothing', async () => {
  const words = ["' or 1=1 --", '"', '!!', '&|!', ':*', '(((', '\\', '%', 'a & ! b', '<->', '😀']
  for (const word of words) {
    const found = await list(`search=${encodeURIComponent(word)}`)
    assert.equal(found.status, 200, word)
    const named = await list(
      `name=${encodeURIComponent(word)}&sku[gte]=${encodeURIComponent(word)}`,
    )
    assert.deepEqual([named.status, named.body.items], [200, []], word)
  }
  const many = Array.from({ length: 11 }, (_, at) => `${FILTERS[at]}=1`).join('&')
  const tooMany = await list(many)
  assert.deepEqual([tooMany.status, tooMany.body.details?.[0]?.path], [422, 'query'])
})

const FILTERS = ['', '[ne]', '[gt]', '[gte]', '[lt]', '[lte]']
  .flatMap((operator) => [`price${operator}`, `rating${operator}`])
  .slice(0, 11)

test('OpenAPI names every parameter of a list, with its type, and no other', async () => {
  const parameters = new Map(
    documented().map(({ name, schema, description }) => [name, { ...schema, description }]),
  )
  const names = [...parameters.keys()]
  assert.deepEqual(
    names.filter((name) => /^(price|lit|rating|status)/.test(name)),
    [
      ...['price', 'price[ne]', 'price[gt]', 'price[gte]', 'price[lt]', 'price[lte]'],
      ...['rating', 'rating[ne]', 'rating[gt]', 'rating[gte]', 'rating[lt]', 'rating[lte]'],
      ...['rating[null]', 'status', 'status[ne]', 'lit', 'lit[ne]'],
    ],
  )
  assert.equal(parameters.get('price[gte]')?.type, 'integer')
  assert.equal(parameters.get('lit[ne]')?.type, 'boolean')
  assert.match(parameters.get('sort')?.description ?? '', /: created_at, id, sku, name, price, /)
  assert.match(parameters.get('expand')?.description ?? '', /: shelf$/)
  for (const absent of ['cost', 'stock', 'labels', 'cheap', 'deleted', 'tenant_id', 'version']) {
    assert.ok(!names.includes(absent), absent)
  }
})

interface Documented {
  readonly name: string
  readonly description: string
  readonly schema: { readonly type?: string }
}

function documented(): readonly Documented[] {
  const [listed] = crud(lamp, { expand: [shelf] })
  const facts = factsOf(listed ?? assert.fail())
  const schema = z.toJSONSchema(facts?.schemas.query ?? assert.fail(), {
    io: 'input',
    unrepresentable: 'any',
  })
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    const { type, description = '' } = Object(property)
    return { name, description, schema: { type } }
  })
}

test('TN-52 filter, search, count and expand show nothing of another tenant', async () => {
  for (const query of ['search=lamp', 'price[gte]=0', 'sort=price', `shelf_id=${shelves[0]}`]) {
    const { status, body } = await list(`${query}&count=exact&expand=shelf`, 'evil')
    assert.deepEqual([status, body.items, body['total']], [200, [], 0], query)
  }
})
