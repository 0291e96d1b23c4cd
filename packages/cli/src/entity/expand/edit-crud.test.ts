import assert from 'node:assert/strict'
import { test } from 'node:test'
import { crudOptions, withExpanded } from './edit-crud.ts'

const edit = {
  constant: 'product',
  options: [['list', 'false']],
  call: 'listProducts(product)',
  importLine: "import { listProducts } from './list-products.ts'\n",
} as const

const module = (feature: string) => `import { crud, feature } from 'plinth'\n\n${feature}\n`
const expected = (feature: string) =>
  `import { crud, feature } from 'plinth'\nimport { listProducts } from './list-products.ts'\n\n${feature}\n`

test('crud() gives an operation up, and the route stands behind it', () => {
  const short = "export const f = feature('f', { entities: [product], routes: [crud(product)] })"
  assert.equal(
    withExpanded(module(short), edit),
    expected(`export const f = feature('f', {
  entities: [product],
  routes: [
    crud(product, { list: false }),
    listProducts(product),
  ],
})`),
  )
  const long = `routes: [
    crud(product, { delete: false }), // nobody deletes
    own,
  ]`
  assert.equal(
    withExpanded(module(long), edit),
    expected(
      long.replace('delete: false })', 'delete: false, list: false }), listProducts(product)'),
    ),
  )
  const lines = `routes: [
    crud(product, { delete: false }),
    own,
  ]`
  assert.equal(
    withExpanded(module(lines), edit),
    expected(
      lines.replace(
        'delete: false }),',
        'delete: false, list: false }),\n    listProducts(product),',
      ),
    ),
  )
})

test('what is in no shape that is known is left alone', () => {
  const shapes = [
    'crud(product, options)',
    'crud(product, { ...rest })',
    'crud(other)',
    'crud(product), crud(product)',
    'mine.crud(product)',
    '// crud(product)',
    '',
  ]
  for (const text of shapes) assert.equal(withExpanded(module(text), edit), undefined, text)
  assert.equal(withExpanded('crud(product)', edit), undefined)
})

test('what crud() was told is read as it is spelled, and changed where it stands', () => {
  const told = "crud(product, { list: { access: may('see', 1) }, path: '/x' }), own"
  assert.deepEqual(
    [...(crudOptions(module(told), 'product') ?? [])],
    [
      ['list', "{ access: may('see', 1) }"],
      ['path', "'/x'"],
    ],
  )
  assert.equal(
    withExpanded(module(told), { ...edit, call: "listProducts(product, may('see', 1))" }),
    expected(
      "crud(product, { list: false, path: '/x' }), listProducts(product, may('see', 1)), own",
    ),
  )
  assert.equal(crudOptions(module('crud(product, options)'), 'product'), undefined)
})

test('options on lines of their own get another line', () => {
  const lines = `crud(product, {
      get: false,
      bulk: false,
    }),
    own,`
  assert.equal(
    withExpanded(module(lines), edit),
    expected(
      lines
        .replace('bulk: false,', 'bulk: false,\n      list: false,')
        .replace('}),\n', '}),\nlistProducts(product),\n'),
    ),
  )
})

test('a list of routes that has become too long has one route a line', () => {
  const routes = (list: string) => `feature('f', {\n  entities: [product],\n  routes: ${list},\n})`
  const others = ['own', 'another', 'oneMoreRouteOfMyOwn', 'stillAnotherRoute', 'theLast']
  assert.equal(
    withExpanded(module(routes(`[crud(product), ${others.join(', ')}]`)), edit),
    expected(
      routes(
        `[\n${['crud(product, { list: false })', 'listProducts(product)', ...others].map((item) => `    ${item},\n`).join('')}  ]`,
      ),
    ),
  )
})
