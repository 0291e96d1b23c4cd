import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import type { Db } from '../db.ts'
import type { Row, Shown } from './index.ts'
import { entity, query, ref } from './index.ts'
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

const note = entity(
  'note',
  { title: z.string(), stars: z.int32().default(0) },
  {
    owned: 'person',
    softDelete: true,
    unique: [['title', 'owner_id']],
    index: [['deleted_at', 'created_at']],
    rules: [{ message: 'm', path: 'owner_id', holds: (row) => row.owner_id !== '' }],
    computed: { gone: [z.boolean(), (row) => row.deleted_at !== null] },
  },
)

test('types know what options add: clients read it, only code sets it', () => {
  holds<Same<Row<typeof note>['owner_id'], Id<'person'> | null>>()
  holds<Same<Row<typeof note>['deleted_at'], string | null>>()
  holds<Same<Shown<typeof note>['owner_id'], Id<'person'> | null>>()
  holds<Same<Shown<typeof note>['gone'], boolean>>()
  holds<Same<'owner_id' extends keyof z.input<typeof note.create> ? 1 : 0, 0>>()
  holds<Same<'deleted_at' extends keyof z.input<typeof note.patch> ? 1 : 0, 0>>()
  holds<Same<'owner_id' extends keyof Row<typeof product> ? 1 : 0, 0>>()
  holds<Same<'deleted_at' extends keyof Row<typeof product> ? 1 : 0, 0>>()
  holds<Same<Parameters<typeof note.insert>[1]['owner_id'], string | null>>()
  assert.deepEqual(Object.keys(note.shown.shape).slice(0, 4), ['id', 'title', 'stars', 'owner_id'])
})

/** Never called: the compiler reads it. */
export async function moreMistakes(db: Db, ana: Id<'person'>): Promise<void> {
  const row = await note.insert(db, { title: 'x', owner_id: ana })
  // @ts-expect-error somebody owns it
  await note.insert(db, { title: 'x' })
  await note.update(db, row.id, { owner_id: null })
  // @ts-expect-error this one belongs to nobody in particular
  entity('x', { a: z.string() }, { unique: [['owner_id']] })
  // @ts-expect-error this one is not deleted softly
  entity('x', { a: z.string() }, { computed: { b: [z.string(), (it) => it.deleted_at] } })
  // @ts-expect-error only texts are searched
  entity('x', { a: z.int32() }, { search: ['a'] })
  // @ts-expect-error personal data stands in a declared field
  entity('x', { a: z.string() }, { pii: ['b'] })
  // @ts-expect-error three sorts of owner
  entity('x', { a: z.string() }, { owned: 'people' })
  // @ts-expect-error an option that there is not
  entity('x', { a: z.string() }, { serveronly: ['a'] })
  // @ts-expect-error a table that Plinth makes needs no place
  entity('x', { a: z.string() }, { table: { schema: 's', name: 't', migrated: 'here' } })
  // @ts-expect-error a computed field is not stored
  await query(db, product).selectFrom('product').select('in_stock').execute()
}

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
