import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { startWorld } from 'plinth/testing'
import { productFeature } from './product.ts'

const all = ['product:read', 'product:create', 'product:update', 'product:delete']
const lamp = (sku: string) => ({ sku, name: 'Lamp', price: 1999 })

let world: Awaited<ReturnType<typeof startWorld>>
before(async () => {
  world = await startWorld({ features: [productFeature] })
})
after(() => world[Symbol.asyncDispose]())

test('a product is created, read, changed, replaced and deleted', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: all })
  const created = await ana.post('/api/v1/products', lamp('LAMP-1'))
  assert.equal(created.status, 201)
  const path = `/api/v1/products/${created.body['id']}`
  assert.equal(created.headers.get('location'), path)
  assert.deepEqual((await ana.get(path)).body, created.body)

  const changed = await ana.patch(path, { stock: 5, status: 'live' })
  assert.deepEqual([changed.status, changed.body['stock'], changed.body['name']], [200, 5, 'Lamp'])
  const replaced = await ana.put(path, { ...lamp('LAMP-2'), name: 'Desk lamp' })
  assert.deepEqual([replaced.body['sku'], replaced.body['stock']], ['LAMP-2', 0])

  assert.equal((await ana.delete(path)).status, 204)
  assert.equal((await ana.get(path)).status, 404)
})

test('a list has pages', async () => {
  const ana = await world.signIn('ana', { tenant: 'pages', can: all })
  for (const sku of ['LAMP-1', 'LAMP-2', 'LAMP-3']) await ana.post('/api/v1/products', lamp(sku))
  const first = await ana.get('/api/v1/products?limit=2&count=exact')
  assert.deepEqual([first.body['count'], first.body['total']], [2, 3])
  const second = await ana.get(`/api/v1/products?limit=2&cursor=${first.body['next_cursor']}`)
  assert.deepEqual([second.body['count'], second.body['next_cursor']], [1, null])
})

test('what is not valid is refused, field by field', async () => {
  const ana = await world.signIn('ana', { tenant: 'valid', can: all })
  const bad = { sku: 'lamp 1', name: ' ', price: 19.99, stock: -1, status: 'sold', owner: 'me' }
  const refused = await ana.post<Refused>('/api/v1/products', bad)
  assert.equal(refused.status, 422)
  assert.deepEqual(refused.body.details.map(({ path }) => path).sort(), [
    'body/name',
    'body/owner',
    'body/price',
    'body/sku',
    'body/status',
    'body/stock',
  ])
  await ana.post('/api/v1/products', lamp('LAMP-1'))
  const twice = await ana.post<Refused>('/api/v1/products', lamp('LAMP-1'))
  assert.deepEqual([twice.status, twice.body.details[0]?.path], [409, 'body/sku'])
})

interface Refused {
  readonly details: readonly { readonly path: string }[]
}

test('of two people who change the same version, one is told to read again', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: all })
  const { body, headers } = await ana.post('/api/v1/products', lamp('LAMP-9'))
  const path = `/api/v1/products/${body['id']}`
  const seen = { 'if-match': headers.get('etag') ?? '' }
  assert.equal((await ana.patch(path, { stock: 1 }, seen)).status, 200)
  assert.equal((await ana.patch(path, { stock: 2 }, seen)).status, 412)
})

test('each operation asks for its own permission', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: all })
  const { body } = await ana.post('/api/v1/products', lamp('LAMP-10'))
  const path = `/api/v1/products/${body['id']}`
  const bob = await world.signIn('bob', { tenant: 'acme', can: ['product:read'] })
  assert.equal((await bob.get(path)).status, 200)
  assert.equal((await bob.post('/api/v1/products', lamp('LAMP-11'))).status, 403)
  assert.equal((await bob.patch(path, { stock: 1 })).status, 403)
  assert.equal((await bob.delete(path)).status, 403)
})

test('another tenant sees none of it', async () => {
  const ana = await world.signIn('ana', { tenant: 'acme', can: all })
  const eve = await world.signIn('eve', { tenant: 'evil', can: all })
  const { body } = await ana.post('/api/v1/products', lamp('LAMP-12'))
  const path = `/api/v1/products/${body['id']}`
  assert.equal((await eve.get(path)).status, 404)
  assert.equal((await eve.patch(path, { stock: 1 })).status, 404)
  assert.equal((await eve.delete(path)).status, 404)
  assert.equal((await eve.get('/api/v1/products')).body['count'], 0)
  assert.equal((await eve.post('/api/v1/products', lamp('LAMP-12'))).status, 201)
})
