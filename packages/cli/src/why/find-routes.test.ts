import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nearestRoutes, routesMeant } from './find-routes.ts'

const routes = [
  'GET /api/v1/products',
  'POST /api/v1/products',
  'GET /api/v1/products/low-stock',
  'GET /api/v1/products/:id',
  'DELETE /api/v1/products/:id',
  'GET /docs/static/*',
].map((name) => {
  const [method = '', url = ''] = name.split(' ')
  return { method, url }
})

const meant = (path: string, method?: string) =>
  routesMeant(routes, { method, path }).map((one) => `${one.method} ${one.url}`)

test('a route is found by its pattern in both spellings, and by a path that it serves', () => {
  assert.deepEqual(meant('/api/v1/products', 'POST'), ['POST /api/v1/products'])
  for (const path of [
    '/api/v1/products/:id',
    '/api/v1/products/{product_id}',
    '/api/v1/products/7',
  ])
    assert.deepEqual(meant(path, 'GET'), ['GET /api/v1/products/:id'], path)
  assert.deepEqual(meant('/docs/static/a/b.js'), ['GET /docs/static/*'])
  assert.deepEqual(meant('/api/v1/products?limit=1', 'GET'), ['GET /api/v1/products'])
})

test('a fixed path comes before one with a parameter, and without a method all count', () => {
  assert.deepEqual(meant('/api/v1/products/low-stock'), ['GET /api/v1/products/low-stock'])
  assert.deepEqual(meant('/api/v1/products/x').length, 2)
})

test('a path that there is not names those that look like it', () => {
  assert.deepEqual(meant('/api/v1/prodcts'), [])
  assert.equal(nearestRoutes(routes, { path: '/api/v1/prodcts' })[0], 'GET /api/v1/products')
  assert.deepEqual(nearestRoutes(routes, { path: '/zzz' }), [])
})
