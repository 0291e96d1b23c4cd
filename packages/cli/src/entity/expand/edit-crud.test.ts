import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withExpanded } from './edit-crud.ts'

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
    'crud(product, { list: false })',
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
