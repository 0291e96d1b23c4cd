import assert from 'node:assert/strict'
import { test } from 'node:test'
import { afterLine, migrationFor } from '../../packages/plinth/src/data/index.ts'
import { product } from '../../template/src/entities/product/product.ts'
import { read } from './source/files.ts'

test("the template's migration is what its entity declares", () => {
  const { up, down } = migrationFor(product)
  assert.equal(read('template/migrations/0001_product.up.sql'), `${afterLine()}\n\n${up}`)
  assert.equal(read('template/migrations/0001_product.down.sql'), down)
})
