import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import * as data from 'plinth/data'
import { createTableSql, entity, ref } from 'plinth/data'
import { openTestDatabase } from 'plinth/testing'
import { z } from 'zod'
import { pull } from './pull.ts'

const { bigint, decimal, json, timestamp } = data

const category = entity('category', { name: z.string() }, { search: ['name'] })
const product = entity(
  'product',
  {
    sku: z.string(),
    name: z.string().max(200).default("it's"),
    price: bigint(),
    weight: decimal(10, 2).default('1.00'),
    ratio: z.number().nullable(),
    stock: z.int32().default(-1),
    live: z.boolean().default(false),
    day: z.iso.date().default('now'),
    sold_at: timestamp().nullable(),
    token: z.uuid().default('uuid'),
    status: z.enum(['draft', "on 'sale'"]).default('draft'),
    more: json(z.record(z.string(), z.unknown())),
    tags: z.array(z.string()).default([]),
    category_id: ref('category').nullable(),
    other_id: ref('category', { onDelete: 'set null' }).nullable(),
  },
  {
    owned: 'person',
    softDelete: true,
    unique: [['name', 'status'], ['sku']],
    index: [['status', 'created_at']],
    search: ['sku', 'name'],
    check: { light: sql`stock < 1000` },
  },
)
const country = entity('country', { code: z.string().max(2) }, { owned: 'nobody' })

/** Runs what was printed. */
function evaluated(text: string): Record<string, { declaration: data.Declaration }> {
  const body = text.replace(/^import .*$/gm, '').replace(/export const (\w+) =/g, 'made.$1 =')
  const run = new Function(
    'made',
    'sql',
    'entity',
    'ref',
    'bigint',
    'decimal',
    'json',
    'timestamp',
    'z',
    body,
  )
  const made = {}
  run(made, sql, entity, ref, bigint, decimal, json, timestamp, z)
  return made
}

/** A declaration as data: schemas are functions, and compare by what they lead to in the table. */
function facts({ declaration }: { declaration: data.Declaration }): unknown {
  return JSON.parse(
    JSON.stringify(declaration, (key, value) =>
      key === 'schema' && typeof value === 'object' ? undefined : value,
    ),
  )
}

test('the pull of a table that an entity made is the same declaration', async () => {
  const entities = [category, product, country]
  const tables = entities.map((one) => createTableSql(one, entities)).join('\n')
  await using db = await openTestDatabase({ sql: tables })
  const made = evaluated(await pull({ url: db.ownerUrl, only: [], tenant: 'tenant_id' }))
  for (const one of entities) {
    const again = made[one.name]
    assert.ok(again, `${one.name} is printed`)
    assert.deepEqual(facts(again), facts(one))
  }
})

test('a table from before says where it stands, and what of it cannot be declared', async () => {
  await using db = await openTestDatabase({
    sql: `create schema shop;
      create table shop.people_orders (
        org_id uuid not null, order_id uuid not null, total bigint not null, "Odd" text, place point not null,
        version int not null default 1, created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(), serial int default nextval('shop.s'),
        primary key (org_id, order_id));
      create table shop.log (line text);
      create table shop.tickets (id serial primary key, public_id uuid not null unique, title text not null);`.replace(
      'create schema shop;',
      'create schema shop; create sequence shop.s;',
    ),
  })
  const text = await pull({ url: db.ownerUrl, only: ['shop'], tenant: 'org_id' })
  assert.match(
    text,
    /^import \{ entity \} from 'plinth'\nimport \{ bigint \} from 'plinth\/data'\n/,
  )
  assert.match(
    text,
    /export const peopleOrder = entity\('people_order', \{\n {2}total: bigint\(\), \/\/ or money\(\)/,
  )
  assert.match(text, /\/\/ Odd: no name of a field/)
  assert.match(
    text,
    /\/\/ place: point is no kind of entity\(\); left out, and no row can be added without it/,
  )
  assert.match(text, /serial: z\.int32\(\)\.nullable\(\), \/\/ the database presets nextval/)
  assert.match(
    text,
    /table: \{ schema: 'shop', name: 'people_orders', key: 'order_id', tenant: 'org_id', migrated: 'elsewhere' \},/,
  )
  assert.match(
    text,
    /\/\/ shop\.log is left out: an entity has one column of type uuid as its key\. Add one, and pull again:\n\/\/ alter table shop\.log add column public_id uuid/,
  )
  assert.match(text, /\/\/ shop\.tickets has no version, created_at, updated_at/)
  assert.match(text, /schema: 'shop', name: 'tickets', key: 'public_id', migrated: 'elsewhere'/)
  assert.doesNotMatch(text, /unique: \[\['public_id'\]\]/)
  await assert.rejects(
    pull({ url: db.adminUrl, only: ['shopp'], tenant: 'x' }),
    /neither a table nor a schema "shopp"/,
  )
})
