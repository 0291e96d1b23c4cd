import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Client } from 'pg'
import { openTestDatabase } from '../../testing/database.ts'
import { searchBody } from '../entity/ddl/search-sql.ts'
import { catalogueFaults } from '../index.ts'
import { ITEMS } from '../items.fixture.ts'
import { catalogueChecks } from './catalogue-faults.ts'

const POLICY = "tenant_id = nullif(current_setting('plinth.tenant_id', true), '')::uuid"

/** A search function as an entity's migration makes it. */
const SEARCH = `
  alter table app.item add search_doc tsvector;
  create policy search on app.item for select to plinth_search using (true);
  create function app.item_search(q text, n integer) returns setof uuid
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
  as $$${searchBody({ table: 'app.item', tenant: 'tenant_id', key: 'id', softDelete: false })}$$;
  revoke all on function app.item_search from public;
  grant create on schema app to plinth_search;
  alter function app.item_search owner to plinth_search;
  revoke create on schema app from plinth_search;`

/** Each fault that a migration could bring in, and what the gate says of it. */
const faults: readonly (readonly [row: string, sql: string, sentence: RegExp])[] = [
  [
    'TN-32',
    'alter table app.item add column code int unique',
    /unique index app\.item_code_key of app\.item/,
  ],
  [
    'TN-43',
    'create table app.stray (id uuid)',
    /app\.stray is neither a global nor a tenant table/,
  ],
  ['TN-43', 'create table plinth.stray (tenant_id uuid)', /plinth\.stray is neither/],
  [
    'TN-43',
    'create table app.loose (tenant_id uuid)',
    /app\.loose is a tenant table without tenant_id uuid not null/,
  ],
  [
    'TN-21',
    'alter table app.item disable row level security',
    /app\.item has no row-level security/,
  ],
  ['TN-21', 'alter table app.item no force row level security', /app\.item does not FORCE/],
  ['TN-22', 'drop policy tenant on app.item', /app\.item has no tenant policy for select/],
  ['TN-40', `alter policy tenant on app.item with check (true)`, /no tenant policy for insert/],
  [
    'TN-40',
    'create policy wide on app.item for select using (true)',
    /policy wide of app\.item lets rows/,
  ],
  [
    'TN-40',
    "create policy mine on app.item for select using (id = nullif(current_setting('plinth.person_id', true), '')::uuid)",
    /policy mine of app\.item lets rows/,
  ],
  [
    'TN-23',
    "alter policy tenant on app.item using (tenant_id = current_setting('plinth.tenant_id', true)::uuid)",
    /policy tenant of app\.item must read the tenant as nullif/,
  ],
  [
    'TN-24',
    "alter policy tenant on app.item using (tenant_id = nullif(current_setting('plinth.tenant_id'), '')::uuid)",
    /policy tenant of app\.item must read the tenant as nullif/,
  ],
  [
    'TN-29',
    'create view app.items as select * from app.item',
    /view app\.items shows every tenant/,
  ],
  ['TN-30', 'create materialized view app.copy as select 1 as one', /materialised view app\.copy/],
  [
    'TN-30',
    'create function app.all_items() returns setof app.item language sql security definer as $$ select * from app.item $$',
    /function app\.all_items\(\) is SECURITY DEFINER/,
  ],
  [
    'TN-31',
    'create unique index by_name on app.item (name)',
    /unique index app\.by_name of app\.item/,
  ],
  [
    'TN-33',
    `alter table app.item add unique (id, tenant_id), add parent uuid;
     create unique index parent_id on app.item (id);
     alter table app.item add constraint item_parent foreign key (parent) references app.item (id)`,
    /foreign key item_parent of app\.item can point into another tenant/,
  ],
  ['TN-34', 'grant truncate on app.item to plinth_app', /plinth_app may TRUNCATE app\.item/],
  [
    'TN-34',
    'grant update on plinth.audit_events to plinth_app',
    /plinth_app may UPDATE plinth\.audit/,
  ],
  ['TN-44', 'grant insert on app.item to plinth_readonly', /plinth_readonly may INSERT app\.item/],
  ['TN-34', 'grant select on app.item to public', /everybody may SELECT app\.item/],
  ['TN-43', 'revoke update on app.item from plinth_app', /plinth_app lacks UPDATE on app\.item/],
  [
    'TN-43',
    'revoke insert on plinth.audit_events from plinth_app',
    /plinth_app lacks INSERT on plinth/,
  ],
  [
    'TN-42',
    `create table app.part (tenant_id uuid not null, day date) partition by list (day);
     alter table app.part enable row level security; alter table app.part force row level security;
     create policy tenant on app.part using (${POLICY}) with check (${POLICY});
     create table app.part_1 partition of app.part default`,
    /app\.part_1 is a partition of app\.part without its row-level security/,
  ],
  [
    'TN-21',
    'alter table app.item owner to plinth_test_user',
    /plinth_test_user runs the service and is the owner of app\.item/,
  ],
  [
    'TN-39',
    'alter role plinth_test_user bypassrls',
    /plinth_test_user could go around row-level security: it is BYPASSRLS/,
  ],
  [
    'TN-35',
    'grant plinth_test_owner to plinth_test_user',
    /plinth_test_user runs the service and is a member of the owner of plinth\.people/,
  ],
  [
    'TN-30',
    SEARCH.replace('limit n', 'limit 2 * n'),
    /function app\.item_search\(text,integer\) belongs to plinth_search and is not as Plinth makes it/,
  ],
  [
    'TN-30',
    SEARCH.replaceAll('item_search', 'items_search'),
    /function app\.items_search\(text,integer\) is SECURITY DEFINER/,
  ],
  [
    'TN-30',
    `${SEARCH} grant execute on function app.item_search to public`,
    /everybody may execute app\.item_search/,
  ],
  [
    'TN-30',
    'grant plinth_search to plinth_test_owner with inherit true',
    /plinth_test_owner may act as plinth_search/,
  ],
  [
    'TN-30',
    'grant plinth_search to plinth_test_user with inherit false',
    /plinth_test_user may act as plinth_search/,
  ],
  ['TN-30', 'alter role plinth_search login', /plinth_search may log in/],
  [
    'TN-37',
    "create function app.cheap(text) returns boolean language sql leakproof as 'select true'",
    /function app\.cheap\(text\) is marked LEAKPROOF/,
  ],
]

const db = await openTestDatabase({ sql: ITEMS })
const admin = new Client(db.adminUrl)
await admin.connect()

after(async () => {
  await admin.end()
  await db[Symbol.asyncDispose]()
})

const asAdmin: Parameters<typeof catalogueFaults>[0] = {
  query: async (text, values = []) => {
    const { rows, rowCount } = await admin.query(text, [...values])
    return { rows, rowCount: rowCount ?? 0 }
  },
}

test('a migrated database has no fault, whoever asks', async () => {
  assert.deepEqual(await catalogueFaults(asAdmin), [])
  assert.deepEqual(await catalogueFaults(db.database.platform), [])
})

test('TN-30 a search function as Plinth makes it is no fault', async () => {
  await admin.query('begin')
  try {
    await admin.query(SEARCH)
    assert.deepEqual(await catalogueFaults(asAdmin), [])
  } finally {
    await admin.query('rollback')
  }
})

test('every check of the gate is seen red below', () => {
  const seen = new Set(faults.map(([row]) => row))
  const unseen = catalogueChecks.flatMap(({ row }) => row.split(' ')).filter((id) => !seen.has(id))
  assert.deepEqual(unseen, [])
})

for (const [row, sql, sentence] of faults) {
  test(`${row} the gate names: ${sql.split('\n')[0]?.slice(0, 70)}`, async () => {
    await admin.query('begin')
    try {
      await admin.query(sql)
      const found = await catalogueFaults(asAdmin)
      assert.ok(
        found.some((fault) => sentence.test(fault)),
        found.join('\n'),
      )
    } finally {
      await admin.query('rollback')
    }
  })
}
