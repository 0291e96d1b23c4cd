import assert from 'node:assert/strict'
import type { Client } from 'pg'
import { z } from 'zod'
import type { Id } from '../../kernel/index.ts'
import { newId } from '../../kernel/index.ts'
import type { Db } from '../db.ts'
import { entity, migrationForAll, ref } from './index.ts'

/** Rows of nobody. */
export const country = entity(
  'country',
  { code: z.string().length(2), name: z.string().max(80) },
  { owned: 'nobody', unique: [['code']], search: ['name'] },
)

/** Rows of persons, deleted softly and searched. */
export const note = entity(
  'note',
  {
    title: z.string().max(200),
    // Names that the search function uses inside, and a word that PostgreSQL reserves.
    words: z.string().nullable(),
    user: z.string().default(''),
    n: z.int32().default(0),
    country_id: ref('country').nullable().default(null),
    parent_id: ref('note', { onDelete: 'set null' }).nullable().default(null),
  },
  {
    owned: 'person',
    softDelete: true,
    search: ['title', 'words', 'user'],
    unique: [['title']],
    index: [['owner_id', 'created_at']],
  },
)

/** A table that was there before, under names of its own. */
export const order = entity(
  'order',
  { total: z.int32(), country_id: ref('country').nullable() },
  {
    table: {
      schema: 'legacy',
      name: 'orders',
      key: 'order_id',
      tenant: 'org_id',
      migrated: 'elsewhere',
    },
  },
)

/** One that was there before and is nobody's. */
export const region = entity(
  'region',
  { name: z.string() },
  { owned: 'nobody', table: { schema: 'legacy', name: 'regions', migrated: 'elsewhere' } },
)

/** All of them. */
export const entities = [country, note, order, region]
const TENANT = "nullif(current_setting('plinth.tenant_id', true), '')::uuid"
const BASE = `version integer not null default 1, created_at timestamptz(3) not null default now(),
              updated_at timestamptz(3) not null default now()`
const LEGACY = `
  create schema legacy;
  grant usage on schema legacy to plinth_app;
  create table legacy.orders (
    order_id uuid primary key, org_id uuid not null default ${TENANT}, total integer not null,
    country_id uuid, colour text, ${BASE});
  create trigger touch before update on legacy.orders
    for each row execute function plinth.touch_row();
  alter table legacy.orders enable row level security;
  alter table legacy.orders force row level security;
  create policy org on legacy.orders using (org_id = ${TENANT}) with check (org_id = ${TENANT});
  create table legacy.regions (id uuid primary key, name text not null, ${BASE});
  grant select, insert, update, delete on legacy.orders, legacy.regions to plinth_app;`

/** The tables of all. */
export const tablesSql = migrationForAll([note, country]).up + LEGACY

/** Makes a tenant, as a superuser. */
export async function makeTenant(admin: Client, id = newId<'tenant'>()): Promise<Id<'tenant'>> {
  await admin.query(
    `insert into plinth.tenants (id, slug, name, kind) values ($1, $2, 'T', 'organisation')`,
    [id, `tenant-${newId()}`],
  )
  return id
}

/** Makes a person who is a member of a tenant. */
export async function makeMember(admin: Client, { tenant }: Db): Promise<Id<'person'>> {
  const id = newId<'person'>()
  await admin.query(`insert into plinth.people (id, name) values ($1, 'P')`, [id])
  await admin.query(`insert into plinth.memberships values ($1, $2, 'member')`, [tenant, id])
  return id
}

/** What was thrown. */
export async function refused(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => assert.fail('it was not refused'),
    (fault) => fault,
  )
  assert.ok(error instanceof Error)
  return error
}
