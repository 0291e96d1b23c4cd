import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import {
  decimal,
  declarationFaults,
  entity,
  migrate,
  money,
  onConnection,
  ref,
  timestamp,
} from 'plinth/data'
import type { TestDatabase } from 'plinth/testing'
import { openTestDatabase } from 'plinth/testing'
import { z } from 'zod'
import type { Declared } from './declared-sql.ts'
import { doubtsOf } from './doubts.ts'
import { revise } from './revise.ts'

let folder: string
let db: TestDatabase

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plinth-revision-test-'))
  db = await openTestDatabase()
})
after(async () => {
  await db[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const TENANT = '0192f0c1-8a3e-7c4d-9b1a-2f6d5e8c7b10'
const log = { info() {}, warn() {}, error() {} }

/** Runs SQL as the app, in one tenant. */
function inTenant(text: string) {
  return onConnection({ url: db.appUrl }, async (connection) => {
    await connection.query('begin')
    await connection.query("select set_config('plinth.tenant_id', $1, true)", [TENANT])
    const found = await connection.query(text)
    await connection.query('commit')
    return found
  })
}

interface Step {
  readonly entities: readonly Declared[]
  readonly renames?: readonly string[]
  /** What a person writes into the first up file. */
  readonly byHand?: string
}

let steps = 0

/** Writes the migrations of a step and runs them: up, down, up; the catalogue is the declared one. */
async function walk({ entities, renames = [], byHand = '' }: Step): Promise<string> {
  steps += 1
  const plan = { folder, entities, message: `step ${steps}`, renames }
  const { texts } = await revise(plan, () => true)
  assert.ok(texts.length > 0, 'something is to be written')
  for (const [at, { name, up, down }] of texts.entries()) {
    await writeFile(join(folder, `${name}.up.sql`), at === 0 ? up + byHand : up)
    await writeFile(join(folder, `${name}.down.sql`), down)
  }
  const run = (to?: number) =>
    migrate({ url: db.ownerUrl, set: { folder }, log, ...(to !== undefined && { to }) })
  const first = Number.parseInt(texts[0]?.name ?? '', 10)
  await run()
  assert.deepEqual(await faults(entities), [])
  await run(first - 1)
  await run()
  assert.deepEqual(await faults(entities), [])
  const again = await revise({ ...plan, message: 'again', renames: [] }, () => true)
  assert.deepEqual(again.texts, [])
  return texts.map(({ up }) => up).join('\n')
}

function faults(entities: readonly Declared[]): Promise<string[]> {
  return declarationFaults(db.database.platform, entities)
}

const base = { sku: z.string(), name: z.string().max(200), price: money().min(0) }
const status = z.enum(['draft', 'live']).default('draft')
const category = entity('category', { name: z.string() })

test('a new table is written as createTableSql writes it, after nothing', async () => {
  const up = await walk({ entities: [entity('product', base, { unique: [['sku']] })] })
  const written = await readFile(join(folder, '0001_step_1.up.sql'), 'utf8')
  assert.equal(up, written)
  assert.match(
    written,
    /^-- after: nothing\n\ncreate table app\.products \(\n {2}id {9}uuid not null,/,
  )
  const down = await readFile(join(folder, '0001_step_1.down.sql'), 'utf8')
  assert.equal(down, 'drop table app.products;\n')
  await inTenant(`insert into app.products (id, sku, name, price)
    select gen_random_uuid(), 'S-' || n, 'Thing ' || n, n from generate_series(1, 50) n`)
})

test('columns with a default, an enum and an index come in steps that block nobody', async () => {
  const product = entity(
    'product',
    { ...base, status, stock: z.int32().default(0) },
    {
      unique: [['sku']],
      index: [['status', 'created_at']],
    },
  )
  const up = await walk({ entities: [product] })
  assert.match(up, /add column status text not null default 'draft';/)
  assert.match(up, /check \(status in \('draft', 'live'\)\) not valid;/)
  assert.match(up, /-- plinth: no transaction\n\nalter table app\.products validate constraint/)
  assert.match(
    up,
    /-- plinth: no transaction\n\ncreate index concurrently products_status_created_at_idx on app\.products \(tenant_id, status, created_at\);/,
  )
  const { rows } = await inTenant('select count(*)::int as n from app.products')
  assert.deepEqual(rows, [{ n: 50 }])
})

test('a rename keeps the values and the names of what hangs on the column', async () => {
  const options = { unique: [['sku']], index: [['status', 'created_at'], ['cost']] } as const
  const fields = { sku: base.sku, name: base.name, status, stock: z.int32().default(0) }
  const with_ = (more: object) => [entity('product', { ...fields, ...more }, options as object)]
  const plan = { folder, entities: with_({ cost: money().min(0) }), message: 'x', renames: [] }
  const { changes } = await revise(plan, () => false)
  assert.deepEqual(doubtsOf(changes), [{ entity: 'product', gone: 'price', come: ['cost'] }])
  const up = await walk({ entities: plan.entities, renames: ['product.price=cost'] })
  assert.match(up, /^-- after: \w+\n\nalter table app\.products rename column price to cost;\n/)
  const { rows } = await inTenant('select sum(cost)::int as sum from app.products')
  assert.deepEqual(rows, [{ sum: 1275 }])
})

test('a required column without a default waits for whoever fills it', async () => {
  const product = entity(
    'product',
    {
      sku: base.sku,
      name: base.name,
      status,
      stock: z.int32().default(0),
      cost: money().min(0),
      weight: decimal(10, 2),
    },
    { unique: [['sku']], index: [['status', 'created_at'], ['cost']] },
  )
  const fill = `alter table app.products no force row level security;
    update app.products set weight = 1 where weight is null;
    alter table app.products force row level security;\n`
  const up = await walk({ entities: [product], byHand: fill })
  assert.match(up, /add column weight numeric\(10,2\);/)
  assert.match(up, /-- {3}update app\.products set weight = … where weight is null;/)
  assert.match(up, /validate constraint products_weight_not_null;/)
  assert.match(
    up,
    /alter column weight set not null;\nalter table app\.products drop constraint products_weight_not_null;/,
  )
})

test('references, also in a circle, a check, and what may be null', async () => {
  const product = entity(
    'product',
    {
      sku: base.sku,
      name: z.string().max(300),
      status: z.enum(['draft', 'live', 'gone']).default('live'),
      stock: z.int32().nullable(),
      cost: money().min(0),
      weight: decimal(10, 2),
      category_id: ref('category').nullable(),
    },
    { unique: [['sku'], ['name']], check: { light: sql`weight < 1000` } },
  )
  const best = entity('category', { name: z.string(), best_id: ref('product').nullable() })
  const up = await walk({ entities: [product, best] })
  assert.match(up, /create table app\.categories/)
  assert.match(up, /drop index app\.products_cost_idx;/)
  assert.match(
    up,
    /add constraint products_category_id_fkey foreign key \(tenant_id, category_id\) references app\.categories \(tenant_id, id\) on delete restrict not valid;/,
  )
  assert.match(
    up,
    /create unique index concurrently products_name_key on app\.products \(tenant_id, name\);/,
  )
  assert.match(up, /add constraint products_name_key unique using index products_name_key;/)
  assert.match(up, /alter column stock drop not null;/)
})

test('soft deletion, persons, search and its role', async () => {
  const shape = {
    sku: base.sku,
    name: z.string().max(300),
    status: z.enum(['draft', 'live', 'gone']).default('live'),
    stock: z.int32().nullable(),
    cost: money().min(0),
    weight: decimal(10, 2),
    category_id: ref('category').nullable(),
  }
  const searched = entity('product', shape, {
    unique: [['sku'], ['name']],
    softDelete: true,
    search: ['name', 'sku'],
    owned: 'person',
  })
  const up = await walk({ entities: [searched, category] })
  assert.match(up, /-- Loses every value of app\.categories\.best_id\./)
  assert.match(
    up,
    /create unique index concurrently products_sku_key on app\.products \(tenant_id, sku\) where deleted_at is null;/,
  )
  assert.match(
    up,
    /create index concurrently products_search_idx on app\.products using gin \(search_doc\);/,
  )
  assert.match(up, /alter function app\.products_search\(text, integer\) owner to plinth_search;/)
  const other = entity('product', shape, {
    unique: [['sku'], ['name']],
    softDelete: true,
    search: ['name'],
  })
  await walk({ entities: [other, category] })
  const found = await inTenant("select count(*)::int as n from app.products_search('thing 7', 10)")
  assert.deepEqual(found.rows, [{ n: 1 }])
  await walk({ entities: [entity('product', shape, { unique: [['sku']] }), category] })
})

test('an entity takes another name, rows and all', async () => {
  const shape = {
    sku: base.sku,
    name: z.string().max(300),
    status: z.enum(['draft', 'live', 'gone']).default('live'),
    stock: z.int32().nullable(),
    price: money().min(0),
    weight: decimal(10, 2),
    category_id: ref('category').nullable(),
    sold_at: timestamp().nullable(),
  }
  const item = entity('item', shape, { unique: [['sku']], search: ['name'] })
  const plan = { folder, entities: [item, category], message: 'x', renames: [] }
  const { changes } = await revise(plan, () => false)
  assert.deepEqual(doubtsOf(changes), [{ entity: undefined, gone: 'products', come: ['item'] }])
  const up = await walk({ entities: plan.entities, renames: ['item.cost=price', 'product=item'] })
  assert.match(up, /alter table app\.products rename to items;/)
  assert.match(up, /alter table app\.items rename column cost to price;/)
  assert.match(up, /rename constraint products_pkey to items_pkey;/)
  const { rows } = await inTenant('select count(*)::int as n from app.items')
  assert.deepEqual(rows, [{ n: 50 }])
})

test('what is written by hand stays; what is gone from the entities goes, and says what is lost', async () => {
  await writeFile(
    join(folder, '0900_hand.up.sql'),
    `-- after: ${await lastName()}
create table app.notes (a int);
alter table app.items add embedding text;
comment on column app.items.embedding is 'by hand: made by another program';
alter table app.items add constraint long_name check (length(name) > 1);
create index items_lower_idx on app.items (lower(name));`,
  )
  await writeFile(
    join(folder, '0900_hand.down.sql'),
    `drop index app.items_lower_idx;
alter table app.items drop constraint long_name;
alter table app.items drop embedding;
drop table app.notes;`,
  )
  await migrate({ url: db.ownerUrl, set: { folder }, log })
  const plan = { folder, entities: [], message: 'the end', renames: [] }
  const { changes, texts } = await revise(plan, () => false)
  assert.deepEqual(changes.gone.map(({ name }) => name).sort(), ['categories', 'items'])
  assert.equal(texts.length, 1)
  const [{ up, down } = { up: '', down: '' }] = texts
  assert.match(
    up,
    /-- Loses every row of app\.items\.\ndrop function app\.items_search\(text, integer\);\ndrop table app\.items;/,
  )
  assert.doesNotMatch(up, /notes|embedding|lower_idx/)
  assert.match(down, /create table app\.items \(/)
})

async function lastName(): Promise<string> {
  const { readMigrations } = await import('plinth/data')
  return (await readMigrations(folder)).at(-1)?.name ?? 'nothing'
}
