import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withArticle } from './with-article.ts'

test('the article of a noun goes by its sound', () => {
  const nouns = ['product', 'item', 'order line', 'unit', 'user', 'umbrella', 'invoice']
  assert.deepEqual(nouns.map(withArticle), [
    'a product',
    'an item',
    'an order line',
    'a unit',
    'a user',
    'an umbrella',
    'an invoice',
  ])
})
