import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld } from 'plinth/testing'
import { productFeature } from './product.ts'

const PATH = '/api/v1/products'
const ALL = ['product:read', 'product:create', 'product:update', 'product:delete']

/** What a request says of a new product; `n` tells one from another. */
const sample = (n: number) => ({ sku: `Sku ${n}`, name: `Name ${n}`, price: n * 100 })

/** What a request may change of it. */
const change = (n: number) => ({ name: `Name ${n}` })

let world: Awaited<ReturnType<typeof startWorld>>
before(async () => {
  world = await startWorld({ features: [productFeature] })
})
after(() => world[Symbol.asyncDispose]())

test('a product is created, read, changed, replaced and deleted', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: ALL })
  const created = await ana.post(PATH, sample(1))
  assert.equal(created.status, 201)
  const path = `${PATH}/${created.body['id']}`
  assert.equal(created.headers.get('location'), path)
  assert.deepEqual((await ana.get(path)).body, created.body)

  const changed = await ana.patch(path, change(2))
  const { version, updated_at } = changed.body
  assert.equal(changed.status, 200)
  assert.deepEqual(changed.body, { ...created.body, ...change(2), version, updated_at })
  const wanted = sample(3)
  const replaced = await ana.put(path, wanted)
  assert.equal(replaced.status, 200)
  assert.deepEqual(replaced.body, { ...replaced.body, ...wanted })

  assert.equal((await ana.delete(path)).status, 204)
  assert.equal((await ana.get(path)).status, 404)
})

test('a list has pages', async () => {
  const ana = await world.signIn('ana', { tenant: 'pages', can: ALL })
  for (const n of [4, 5, 6]) await ana.post(PATH, sample(n))
  const first = await ana.get(`${PATH}?limit=2&count=exact`)
  assert.deepEqual([first.body['count'], first.body['total']], [2, 3])
  const second = await ana.get(`${PATH}?limit=2&cursor=${first.body['next_cursor']}`)
  assert.deepEqual([second.body['count'], second.body['next_cursor']], [1, null])
})

test('what is not valid is refused, field by field', async () => {
  const ana = await world.signIn('ana', { tenant: 'valid', can: ALL })
  const wrong = { sku: '', name: '', price: -1, stock: -1, status: 'other', not_a_field: 1 }
  const refused = await ana.post<Refused>(PATH, wrong)
  assert.equal(refused.status, 422)
  assert.deepEqual(fieldsOf(refused.body), Object.keys(wrong).sort())
  await ana.post(PATH, sample(7))
  const twice = await ana.post<Refused>(PATH, sample(7))
  assert.equal(twice.status, 409)
  assert.deepEqual(fieldsOf(twice.body), ['sku'])
})

interface Refused {
  readonly details: readonly { readonly path: string }[]
}

function fieldsOf({ details }: Refused): string[] {
  return [...new Set(details.map(({ path }) => path.replace('body/', '')))].sort()
}

test('of two people who change the same version, one is told to read again', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: ALL })
  const { body, headers } = await ana.post(PATH, sample(8))
  const path = `${PATH}/${body['id']}`
  const seen = { 'if-match': headers.get('etag') ?? '' }
  assert.equal((await ana.patch(path, change(9), seen)).status, 200)
  assert.equal((await ana.patch(path, change(10), seen)).status, 412)
})

test('each operation asks for its own permission', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: ALL })
  const { body } = await ana.post(PATH, sample(11))
  const path = `${PATH}/${body['id']}`
  const bob = await world.signIn('bob', { tenant: 'acme', can: ['product:read'] })
  assert.equal((await bob.get(path)).status, 200)
  assert.equal((await bob.post(PATH, sample(12))).status, 403)
  assert.equal((await bob.patch(path, change(13))).status, 403)
  assert.equal((await bob.delete(path)).status, 403)
})

test('another tenant sees none of it', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: ALL })
  const eve = await world.signIn('eve', { tenant: 'evil', can: ALL })
  const { body } = await ana.post(PATH, sample(14))
  const path = `${PATH}/${body['id']}`
  assert.equal((await eve.get(path)).status, 404)
  assert.equal((await eve.patch(path, change(15))).status, 404)
  assert.equal((await eve.delete(path)).status, 404)
  assert.equal((await eve.get(PATH)).body['count'], 0)
  assert.equal((await eve.post(PATH, sample(14))).status, 201)
})
