import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { openTestDatabase } from '../packages/plinth/src/testing/database.ts'
import { TENANT } from './house.ts'

const MIGRATIONS = fileURLToPath(new URL('../template/migrations', import.meta.url))

/** The floor's table: the same columns and keys, no tenant, no policy, no trigger. */
const FLOOR_TABLE = `
  create schema bench;
  create table bench.products (
    id         uuid primary key default gen_random_uuid(),
    sku        text not null unique,
    name       varchar(200) not null,
    price      bigint not null,
    stock      integer not null default 0,
    status     text not null default 'draft',
    version    integer not null default 1,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now()
  );
  create index on bench.products (created_at, id);
  create index on bench.products (status, created_at);
  create table bench.events (
    id          uuid primary key default gen_random_uuid(),
    occurred_at timestamptz(3) not null default now(),
    action      text not null,
    target_id   text,
    data        jsonb not null
  );
  create index on bench.events (occurred_at desc, id);
  grant usage on schema bench to plinth_app;
  grant select, insert on bench.products, bench.events to plinth_app;`

const SEED = `
  insert into app.products (id, tenant_id, sku, name, price, created_at)
  select gen_random_uuid(), tenants.id, 'SEED-' || n, 'Seeded product ' || n, n * 100,
         now() - n * interval '1 minute'
    from plinth.tenants, generate_series(1, 1000) as n
   where tenants.slug = '${TENANT}';
  insert into bench.products
  select id, sku, name, price, stock, status, version, created_at, updated_at from app.products;
  analyze app.products, bench.products`

/** A migrated database that floor, ceiling and Plinth share. */
export async function openBenchDatabase() {
  const database = await openTestDatabase({ migrations: MIGRATIONS })
  const admin = new pg.Client(database.adminUrl)
  await admin.connect()
  await admin.query(FLOOR_TABLE)
  return {
    appUrl: database.appUrl,
    /** Puts the same thousand rows into both tables, once the tenant is there; returns the id of one. */
    async seed(): Promise<string> {
      await admin.query(SEED)
      const { rows } = await admin.query<{ id: string }>('select id from bench.products limit 1')
      const [row] = rows
      if (row === undefined) throw new Error(`there is no tenant "${TENANT}" to seed`)
      return row.id
    },
    async close() {
      await admin.end()
      await database[Symbol.asyncDispose]()
    },
  }
}
