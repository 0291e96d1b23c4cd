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

const ODD = `
  create schema shop; create schema "select"; create sequence shop.s;
  create type shop.mood as enum ('happy', 'it''s');
  create domain shop.email as text check (value ~ '@');
  create domain shop.given as text not null; create domain shop.inner_given as shop.given check (value <> '');
  create domain shop.preset as text not null default 'x';
  create table shop."Mixed Case" (id uuid primary key);
  create table "select"."from" ("where" text);
  create table "select".people (id uuid primary key, "order" text);
  create table shop.people (id uuid primary key, "userName" text not null, "new
line" text, "we""ird" text);
  create table shop.class (id uuid primary key, "function" text, "constructor" text);
  create table shop.composite (a uuid, b text, primary key (a, b));
  create table shop.nothing (id int primary key);
  create table shop.refers (id uuid primary key, a uuid, b text, n int references shop.nothing(id),
    self uuid references shop.refers(id) on update cascade on delete set null,
    odd uuid references shop."Mixed Case"(id),
    later uuid unique deferrable initially deferred references shop.people(id) on delete cascade deferrable,
    foreign key (a, b) references shop.composite(a, b));
  create table shop.gens (id uuid primary key, n int, twice int generated always as (n * 2) stored,
    one bigint generated always as identity, other int generated by default as identity,
    m shop.mood not null, e shop.email, g shop.given, "Ig" shop.inner_given, p shop.preset,
    q shop.given default 'y', list int[], gone text, created_at timestamp);
  alter table shop.gens drop column gone;
  comment on table shop.gens is 'it''s */ "quoted" \`x\`';
  create table shop.part (id uuid primary key, k int) partition by hash (id);
  create table shop.part_0 partition of shop.part for values with (modulus 1, remainder 0);
  create table shop.child (more text) inherits (shop.class);
  create view shop.v as select * from shop.gens;
  create materialized view shop.mv as select id from shop.gens;
  create table shop.ids (id serial primary key, public_id uuid not null unique);
  create table shop.presets (id uuid primary key, a text default E'line\nbreak \`\${x}\`',
    f double precision default 'NaN', j jsonb default '[]', t timestamptz(3) default '2020-01-01Z',
    constraint presets_low check (f < 5), constraint "presets_Odd" check (f > 1),
    constraint "Odd" check (f > 2), constraint presets_lax check (f <> 3) not enforced);
  create unique index on shop.presets (a) where f is not null;
  create table shop.${'l'.repeat(50)} (id uuid primary key);
`

test('an odd catalogue is printed as entities that can be declared, or in one sentence why not', async () => {
  await using db = await openTestDatabase({ sql: ODD })
  const text = await pull({ url: db.ownerUrl, only: [], tenant: 'tenant_id' })
  const made = evaluated(text)
  for (const name of [
    'classEntity',
    'gen',
    'id',
    'part',
    'person',
    'preset',
    'refer',
    'shopPerson',
  ])
    assert.ok(made[name], `${name} in\n${text}`)
  for (const line of text.split('\n'))
    assert.match(line, /^(?:$|\/\/ |import |export const \w+ = | {2}|\})/)
  const says = [
    '// shop.Mixed Case is left out: the table of an entity, and its schema, have a name of',
    '// alter table "select"."from" add column public_id',
    '// shop.composite is left out: an entity has one column of type uuid as its key',
    '// shop.child is left out',
    '  // userName: no name of a field ([a-z][a-z0-9_]*); left out, and no row can be added without it',
    '  // new line: no name of a field',
    '  // constructor: no name of a field',
    '  // twice: computed by the database; left out',
    '  // one: numbered by the database; left out',
    '  // other: numbered by the database; left out',
    '  // m: shop.mood is no kind of entity(); left out, and no row can be added without it',
    '  // e: shop.email is no kind of entity(); left out\n',
    '  // g: shop.given is no kind of entity(); left out, and no row can be added without it\n',
    '  // Ig: shop.inner_given is no kind of entity(); left out, and no row can be added without it\n',
    '  // p: shop.preset is no kind of entity(); left out\n',
    '  // q: shop.given is no kind of entity(); left out\n',
    '// shop.gens has created_at as timestamp without time zone, which every entity has as timestamptz(3)',
    '// shop.part_0 is left out: it is a partition of shop.part, whose rows it holds.',
    '// shop.v is left out: it is a view, and an entity is a table.',
    '// shop.mv is left out: it is a materialized view, and an entity is a table.',
    '  // id: the name is the entity’s own; left out',
    "  self: ref('refer', { onDelete: 'set null' }).nullable(),",
    "  later: ref('shop_person', { onDelete: 'cascade' }).nullable(),",
    '  odd: z.uuid().nullable(),',
    '  n: z.int32().nullable(),',
    '// Not declared, and kept by the database: FOREIGN KEY (a, b) REFERENCES shop.composite(a, b)',
    '// Not declared, and kept by the database: FOREIGN KEY (odd) REFERENCES shop."Mixed Case"(id)',
    "  a: z.string().nullable().default('line\\nbreak `${x}`'),",
    "  f: z.number().nullable(), // the database presets 'NaN'::double precision",
    "  j: json(z.record(z.string(), z.unknown())).nullable(), // the database presets '[]'::jsonb",
    '  check: { low: sql`f < (5)::double precision` },',
    'NOT ENFORCED',
    'WHERE (f IS NOT NULL)',
    `// shop.${'l'.repeat(50)} is left out`,
  ]
  for (const each of says) assert.ok(text.includes(each), `${each}\nis not in\n${text}`)
  assert.doesNotMatch(text, /unique: \[\['a'\]\]|gone/)
  const view = await pull({ url: db.ownerUrl, only: ['shop.v'], tenant: 'tenant_id' })
  assert.equal(view, '// shop.v is left out: it is a view, and an entity is a table.\n')
})
