import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import type { Db } from '../db.ts'
import type { Row, Shown } from './index.ts'
import { entity, ref } from './index.ts'
import { category, product, type sampler } from './sample.fixture.ts'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const holds = <T extends true>(): T | undefined => undefined

type Product = Shown<typeof product>
type Stored = Row<typeof product>
type Sample = Row<typeof sampler>

test('types follow from the declaration', () => {
  holds<Same<Product['in_stock'], boolean>>()
  holds<Same<Product['status'], 'draft' | 'live' | 'retired'>>()
  holds<Same<Product['stock'], number>>()
  holds<Same<Product['created_at'], string>>()
  holds<Same<Product['note'], string | null>>()
  holds<Same<Product['category_id'], Id<'category'> | null>>()
  holds<Same<Product['id'], Id<'product'>>>()
  holds<Same<Stored['cost'], number>>()
  holds<Same<'cost' extends keyof Product ? 1 : 0, 0>>()
  holds<Same<'in_stock' extends keyof Stored ? 1 : 0, 0>>()
  holds<Same<'status' extends keyof z.input<typeof product.create> ? 1 : 0, 0>>()
  holds<Same<'cost' extends keyof z.input<typeof product.patch> ? 1 : 0, 0>>()
  holds<Same<'sku' extends keyof z.input<typeof product.create> ? 1 : 0, 1>>()
  holds<Same<Sample['huge'], string>>()
  holds<Same<Sample['either'], string | null>>()
  holds<Same<Sample['absent'], number | null>>()
  holds<Same<Sample['tags'], string[]>>()
  assert.equal(product.table, undefined)
})

/** Never called: the compiler reads it. */
export async function mistakes(db: Db): Promise<void> {
  const row = await product.insert(db, { sku: 'A-1', name: 'x', price: 1, category_id: null })
  await product.update(db, row.id, { status: 'live', note: null })
  // @ts-expect-error a product id is not a category id
  await category.get(db, row.id)
  // @ts-expect-error no such status
  await product.update(db, row.id, { status: 'gone' })
  // @ts-expect-error name is missing
  await product.insert(db, { sku: 'A', price: 1, category_id: null })
  // @ts-expect-error the version is not set by hand
  await product.update(db, row.id, { version: 3 })
  // @ts-expect-error a field that a request may not set
  product.create.parse({}).status
  // @ts-expect-error a unique key names a column that is not there
  entity('x', { a: z.string() }, { unique: [['b']] })
  // @ts-expect-error only a declared field can be hidden
  entity('x', { a: z.string() }, { hidden: ['b'] })
  // @ts-expect-error a rule marks a field that is there
  entity('x', { a: z.string() }, { rules: [{ message: 'm', path: 'b', holds: () => true }] })
  // @ts-expect-error a computed field answers by its schema
  entity('x', { a: z.string() }, { computed: { b: [z.boolean(), (it) => it.a] } })
  // @ts-expect-error three things can happen to a row whose reference is deleted
  ref('category', { onDelete: 'forget' })
}
